import { type FormEvent, useRef, useState } from "react";
import { type Contract, checkContract, type Problems } from "../../shared/contract.ts";
import { type Api, Failure } from "./api.ts";
import { Field } from "./Field.tsx";

type Props = { api: Api; onAdded(contract: Contract): void };

export function AddContract({ api, onAdded }: Props) {
  const [problems, setProblems] = useState<Problems>({});
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const checked = checkContract(Object.fromEntries(new FormData(event.currentTarget)));
    setFailure("");
    setProblems(checked.problems ?? {});
    if (!checked.contract) return focusFirst(Object.keys(checked.problems));
    setBusy(true);
    try {
      onAdded(await api.add(checked.contract));
      form.current?.reset();
    } catch (error) {
      // What was typed stays in the form.
      setFailure((error as Error).message);
      if (error instanceof Failure) setProblems(error.problems);
    } finally {
      setBusy(false);
    }
  }

  function focusFirst(names: string[]) {
    form.current?.querySelector<HTMLElement>(`[name="${names[0]}"]`)?.focus();
  }

  return (
    <section aria-labelledby="add" className="card">
      <h2 id="add">Add a contract</h2>
      {/* The browser's own bubbles show one problem at a time and cannot be styled. */}
      <form ref={form} onSubmit={submit} noValidate aria-labelledby="add">
        <Field name="title" label="Title" problem={problems.title} />
        <Field name="supplier" label="Supplier" problem={problems.supplier} />
        <div className="pair">
          <Field name="renewsOn" label="Renews on" type="date" problem={problems.renewsOn} />
          <Field
            name="termMonths"
            label="Term in months"
            type="number"
            value="12"
            problem={problems.termMonths}
          />
        </div>
        <Field
          name="note"
          label="Note"
          type="textarea"
          hint="Stored encrypted."
          problem={problems.note}
        />
        {failure !== "" && (
          <p role="alert" className="notice bad">
            {failure}
          </p>
        )}
        <button type="submit" disabled={busy}>
          {busy ? "Adding…" : "Add contract"}
        </button>
      </form>
    </section>
  );
}
