import DOMPurify from "dompurify";

export function Note({ note }: { note: string }) {
  // ruleid: unsafe-html-ts
  const raw = <p dangerouslySetInnerHTML={{ __html: note }} />;
  // ok: unsafe-html-ts
  const clean = <p dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(note) }} />;
  // ok: unsafe-html-ts
  const text = <p>{note}</p>;
  return [raw, clean, text];
}

export function show(place: HTMLElement, note: string) {
  // ruleid: unsafe-html-ts
  place.innerHTML = `<b>${note}</b>`;
  // ruleid: unsafe-html-ts
  place.insertAdjacentHTML("beforeend", note);
  // ok: unsafe-html-ts
  place.innerHTML = "";
  // ok: unsafe-html-ts
  place.textContent = note;
}
