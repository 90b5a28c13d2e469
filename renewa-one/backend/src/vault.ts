/** Keeps notes unreadable for whoever has only the database. */

export type Vault = {
  seal(note: string): Promise<string>;
  /** Opens a sealed note; throws when another key sealed it, or somebody changed it. */
  open(sealed: string): Promise<string>;
};

const version = "v1";

export async function createVault(masterKey: string): Promise<Vault> {
  const key = await deriveKey(masterKey);
  return {
    async seal(note) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const bytes = new TextEncoder().encode(note);
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes);
      return [version, iv.toBase64(), new Uint8Array(sealed).toBase64()].join(".");
    },
    async open(sealed) {
      const [v, iv, bytes] = sealed.split(".");
      if (v !== version || !iv || !bytes) throw new Error("open note: unknown format");
      const algorithm = { name: "AES-GCM", iv: Uint8Array.fromBase64(iv) };
      const opened = await crypto.subtle.decrypt(algorithm, key, Uint8Array.fromBase64(bytes));
      return new TextDecoder().decode(opened);
    },
  };
}

/** Any long random text will do as master key: HKDF makes 256 good bits of it. */
async function deriveKey(masterKey: string): Promise<CryptoKey> {
  const raw = new TextEncoder().encode(masterKey);
  const master = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("contract notes");
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    master,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}
