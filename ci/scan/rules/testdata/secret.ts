// ruleid: secret-in-code-ts
const password = "hunter2hunter2";
// ok: secret-in-code-ts
const passwordLabel = "Password2";
// ok: secret-in-code-ts
const apiKey = process.env.API_KEY;

export const settings = {
  // ruleid: secret-in-code-ts
  jwtSecret: "hunter2hunter2",
  // ok: secret-in-code-ts
  tokenProblem: "Type the token of 6 digits.",
};

// ruleid: secret-with-default-ts
const secret = process.env.JWT_SECRET || "development";
// ruleid: secret-with-default-ts
const { ENCRYPTION_KEY = "development" } = process.env;
// ok: secret-with-default-ts
const port = process.env.PORT || "8080";
// ok: secret-with-default-ts
const given = process.env.JWT_SECRET ?? "";

export function report(user: { name: string; password: string }, request: Request) {
  // ruleid: secret-in-log-ts
  console.log(`${user.name} signs in with ${user.password}`);
  const bearer = request.headers.get("Authorization");
  // ruleid: secret-in-log-ts
  console.error("refused", bearer);
  // ok: secret-in-log-ts
  console.log(`${user.name} signs in, password given: ${user.password !== ""}`);
  // ok: secret-in-log-ts
  console.log(request.headers.get("user-agent"), Boolean(bearer));
}

export default [password, passwordLabel, apiKey, secret, ENCRYPTION_KEY, port, given];
