// Judges label numbers by cdigit: a line each of mark, running number and check characters, without hyphens; answers yes or no.
import { readFileSync } from "node:fs";
import { mod1271_36 } from "cdigit";

const lines = readFileSync(0, "utf8").trim().split("\n");
process.stdout.write(lines.map((line) => (mod1271_36.validate(line) ? "yes" : "no")).join("\n"));
