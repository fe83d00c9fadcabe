"""The least a server can do: uvicorn, and a loop that writes what is posted to all open sockets."""

sockets = set()
HELLO = {"type": "websocket.send", "text": '{"type": "hello", "n": 0}'}


async def application(scope, receive, send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send(HELLO)
        sockets.add(send)
        try:
            while (await receive())["type"] != "websocket.disconnect":
                pass
        finally:
            sockets.discard(send)
    elif scope["type"] == "http":
        message = {"type": "websocket.send", "text": (await receive())["body"].decode()}
        for each in list(sockets):
            await each(message)
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})
