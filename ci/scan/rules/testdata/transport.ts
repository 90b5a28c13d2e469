export async function wrong(token: string, opener: Window) {
  // ruleid: tls-not-verified-ts
  await fetch("https://db.internal/status", { tls: { rejectUnauthorized: false } });
  // ruleid: token-in-web-storage-ts
  localStorage.setItem("sessionToken", token);
  // ruleid: message-to-any-window-ts
  opener.postMessage({ token }, "*");
}

export async function right(token: string, opener: Window) {
  // ok: tls-not-verified-ts
  await fetch("https://db.internal/status", { tls: { ca: Bun.file("/etc/ssl/private-ca.crt") } });
  // ok: token-in-web-storage-ts
  localStorage.setItem("theme", "dark");
  // ok: message-to-any-window-ts
  opener.postMessage({ token }, "https://shop.example");
}
