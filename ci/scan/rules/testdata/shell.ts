import { execFile, execSync, spawn } from "node:child_process";
import { $ } from "bun";

export function wrong(file: string, source: string) {
  // ruleid: shell-by-string-ts
  execSync(`pdftotext ${file}`);
  // ruleid: shell-by-string-ts
  Bun.spawn(["sh", "-c", "pdftotext " + file]);
  const command = `pdftotext ${file}`;
  // ruleid: shell-by-string-ts
  spawn(command, { shell: true });
  // ruleid: code-from-string-ts
  return eval(source);
}

export async function right(file: string, source: string) {
  // ok: shell-by-string-ts
  execFile("pdftotext", [file]);
  // ok: shell-by-string-ts
  Bun.spawn(["sh", "-c", 'pdftotext "$1"', "sh", file]);
  // ok: shell-by-string-ts
  await $`pdftotext ${file}`;
  // ok: shell-by-string-ts
  execSync("sync");
  // ok: code-from-string-ts
  setTimeout(() => execSync("sync"), 1000);
  // ok: code-from-string-ts
  return JSON.parse(source);
}
