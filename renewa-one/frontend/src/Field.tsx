type Props = {
  name: string;
  label: string;
  type?: "text" | "date" | "number" | "textarea";
  value?: string;
  hint?: string;
  problem: string | undefined;
};

/** One labelled input, with its problem where a screen reader finds it. */
export function Field({ name, label, type = "text", value, hint, problem }: Props) {
  const described = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean);
  const shared = {
    id: name,
    name,
    defaultValue: value,
    "aria-invalid": problem ? true : undefined,
    "aria-describedby": described.join(" ") || undefined,
  };
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      {type === "textarea" ? <textarea rows={3} {...shared} /> : <input type={type} {...shared} />}
      {hint && (
        <p className="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {problem && (
        <p className="problem" id={`${name}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}
