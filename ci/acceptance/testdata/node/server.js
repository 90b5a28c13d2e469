// Kiosk greets.
import { createServer } from "node:http";

const server = createServer((_, answer) => {
  answer.setHeader("content-type", "text/plain");
  answer.end(`${process.env.GREETING}\n`);
});
server.listen(3000, "::");
process.on("SIGINT", () => server.close());
