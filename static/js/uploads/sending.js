// Sends one file to the blog, and tells how far it is. The refusal's words come from the blog, in the author's language.

export class Refused extends Error {}

export function send(file, { url, token, words, most }, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    if (most && file.size > most) return reject(new Refused(words.large));
    const form = new FormData();
    form.append("file", file, file.name);
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* a proxy's page, told apart by its status */ }
      if (request.status === 201 && answer) return resolve(answer);
      if (request.status === 413 && !answer) return reject(new Refused(words.large));
      const error = answer?.error;
      reject(new Refused(error?.fields?.file?.[0] || error?.message || words.failed));
    };
    request.onerror = () => reject(new Refused(words.failed));
    request.onabort = () => reject(new Refused(""));
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

export const isPicture = (file) => file.type.startsWith("image/");

// The pictures among what is dropped or pasted; words that come along are worth more than a picture of them.
export function pictures(transfer) {
  if (!transfer || transfer.types.includes("text/plain")) return [];
  return [...transfer.files].filter(isPicture);
}
