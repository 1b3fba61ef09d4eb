// Writes Discord's published schema to standard output, as JSON Schema 2020-12:
// one object, the name of a definition -> the definition, references as "#/$defs/Name".
//
// The package publishes zod schemas. zod converts them; this script only says what JSON has no word for.

import * as published from "discord-api-spec/zod";
import * as z from "zod";

const registry = z.registry();
for (const [name, schema] of Object.entries(published)) {
  if (schema?._zod) registry.add(schema, { id: name.replace(/Schema$/, "") });
}

function override({ zodSchema, jsonSchema }) {
  const { type, innerType } = zodSchema._zod.def;
  const isEmpty = Object.keys(jsonSchema).length === 0 && !innerType;
  if (type === "undefined") {
    jsonSchema.not = {}; // No JSON value is undefined. Without this the union around it would allow anything.
  } else if (jsonSchema.format === "date-time") {
    delete jsonSchema.pattern; // zod's own pattern knows "Z" only; Discord's format is RFC 3339, with offsets.
  } else if (isEmpty && type !== "unknown") {
    throw new Error(`zod's "${type}" needs a translation here; without one it would allow anything.`);
  }
}

const { schemas } = z.toJSONSchema(registry, {
  io: "input",
  unrepresentable: "any", // override() decides
  override,
  uri: (name) => `#/$defs/${name}`,
});
for (const schema of Object.values(schemas)) {
  delete schema.$id;
  delete schema.$schema;
}
process.stdout.write(JSON.stringify(schemas));
