"""What `make run` says, in English and in Chinese, before Django's translations can be had."""

import os
import sys

MESSAGES = {
    "bad_port": (
        "PORT must be a number from 1 to 65535, not “{port}”. For example: PORT=8001 make run",
        "PORT 必须是 1 到 65535 之间的数字，而不是“{port}”。例如：PORT=8001 make run",
    ),
    "port_used": (
        "Port {port} is in use by another program. Choose another one: PORT={free} make run",
        "端口 {port} 已被其他程序占用。换一个端口：PORT={free} make run",
    ),
    "port_refused": (
        "Port {port} may not be opened by this user. Choose another one: PORT={free} make run",
        "当前用户无权打开端口 {port}。换一个端口：PORT={free} make run",
    ),
    "bad_host": (
        "HOST “{host}” is not an address of this machine. For example: HOST=127.0.0.1 make run",
        "HOST “{host}” 不是本机的地址。例如：HOST=127.0.0.1 make run",
    ),
    "read_only": (
        "Cannot write to {path}: {reason}. Frodo needs a folder it can write to.",
        "无法写入 {path}：{reason}。Frodo 需要一个可写的文件夹。",
    ),
    "disk_full": (
        "The disk is full. Make some room, then type the same command again.",
        "磁盘已满。请先腾出空间，再输入同一条命令。",
    ),
    "failed": (
        "Could not go on: {reason}",
        "无法继续：{reason}",
    ),
    "no_venv": (
        "This Python has no module “{module}”. On Debian and Ubuntu: sudo apt install python{version}-venv",
        "这个 Python 缺少模块“{module}”。在 Debian 和 Ubuntu 上：sudo apt install python{version}-venv",
    ),
    "venv_failed": (
        "Could not make a Python environment in {path}. What happened is in {log}",
        "无法在 {path} 中建立 Python 环境。详情见 {log}",
    ),
    "installing": (
        "Installing what Frodo needs into {path} (only the first time; a minute or two) ...",
        "正在把 Frodo 需要的软件包装入 {path}（只有第一次需要，约一两分钟）……",
    ),
    "waiting": (
        "Another installation is running in this folder; waiting for it ...",
        "这个文件夹里正在进行另一次安装，等待它完成……",
    ),
    "no_network": (
        "Could not download packages: no connection. Type the same command again when you are online "
        "(a mirror nearby: PIP_INDEX_URL=...). Details: {log}",
        "无法下载软件包：没有网络连接。联网后再输入同一条命令即可"
        "（也可用 PIP_INDEX_URL=... 指定附近的镜像）。详情见 {log}",
    ),
    "pip_failed": (
        "Installing did not work; what happened is in {log} . The same command takes it up again.",
        "安装没有成功，详情见 {log} 。再输入同一条命令即可继续。",
    ),
    "no_mysql": (
        "Installed without MySQL support, which SQLite does not need. To add it: {packages} && {pip}",
        "已安装，但不含 MySQL 支持（使用 SQLite 不需要）。如需添加：{packages} && {pip}",
    ),
    "damaged": (
        "{path} is not complete ({reason}). Delete that folder, then type the same command again.",
        "{path} 不完整（{reason}）。删除这个文件夹，再输入同一条命令。",
    ),
    "mysql_missing": (
        "DATABASE_URL asks for MySQL, whose client is not installed: {packages} && {pip}",
        "DATABASE_URL 要使用 MySQL，但尚未安装它的客户端：{packages} && {pip}",
    ),
    "database": (
        "The database cannot be used: {reason}",
        "无法使用数据库：{reason}",
    ),
    "migrating": (
        "Preparing the database ...",
        "正在准备数据库……",
    ),
    "author": (
        "Your blog is new, so it shows demo posts, and you are its author. Sign in and write:\n"
        "\n"
        "    {url}admin/\n"
        "    user name   {username}\n"
        "    password    {password}\n"
        "\n"
        "The password is shown only this once. Change it:    .venv/bin/python manage.py changepassword {username}\n"
        "Done with the demo posts? Remove them:              .venv/bin/python manage.py demo_content --remove",
        "这是一个新博客，里面有一些演示文章，你就是作者。登录后即可写作：\n"
        "\n"
        "    {url}admin/\n"
        "    用户名  {username}\n"
        "    密码    {password}\n"
        "\n"
        "密码只显示这一次。修改密码：    .venv/bin/python manage.py changepassword {username}\n"
        "不再需要演示文章？删除它们：    .venv/bin/python manage.py demo_content --remove",
    ),
    "open_to_network": (
        "HOST is {host}: other machines may connect. They will see the blog only if you name the addresses "
        "they use, here or in .env: ALLOWED_HOSTS={hosts}",
        "HOST 为 {host}：其他机器可以连接。要让它们看到博客，"
        "请在命令前或 .env 中写明它们使用的地址：ALLOWED_HOSTS={hosts}",
    ),
    "serving": (
        "Your blog: {url}    (Ctrl-C stops it)",
        "你的博客：{url}    （按 Ctrl-C 停止）",
    ),
    "stopped": (
        "Stopped.",
        "已停止。",
    ),
}


class Stop(Exception):
    """Ends the command with one line for a person to read."""


def in_chinese() -> bool:
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return locale.startswith("zh")


def text(key: str, **values: object) -> str:
    return MESSAGES[key][in_chinese()].format(**values)


def say(key: str, **values: object) -> None:
    print(text(key, **values), flush=True)


def stop(key: str, **values: object) -> Stop:
    return Stop(text(key, **values))


def complain(problem: Stop) -> int:
    """Writes the problem where errors go; the exit code of the command."""
    sys.stderr.write(f"{problem}\n")
    return 1


def speak_any_terminal() -> None:
    """A terminal that cannot show a character gets a question mark, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
