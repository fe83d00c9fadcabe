// Bundles the libraries of the admin's editor into static/vendor, one ES module each, with their licences.
// The versions are fixed by package-lock.json, so the same files come out everywhere: `make vendor`.

import { readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(here, process.argv[2] ?? "../static/vendor");

// An icon is its elements: size and colour are the style sheet's.
const svg = {
  name: "svg",
  setup(builder) {
    builder.onLoad({ filter: /\.svg$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const inner = source.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/>\s+</g, "><").trim();
      return { contents: inner, loader: "text" };
    });
  },
};

// CodeMirror must be there once: what uses it imports its bundle.
const shared = {
  name: "shared",
  setup(builder) {
    builder.onResolve({ filter: /^@codemirror\// }, ({ importer }) =>
      importer.includes("y-codemirror.next") ? { path: "./codemirror.js", external: true } : null);
  },
};

const packages = new Set();
for (const name of ["codemirror", "turndown", "icons", "yjs"]) {
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: [`${name}.js`],
    outfile: join(target, `${name}.js`),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    plugins: [svg, shared],
  });
  for (const path of Object.keys(metafile.inputs)) {
    const found = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) packages.add(found[1]);
  }
}

const parts = [];
for (const name of [...packages].sort()) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`${name} has no licence file`);
  const text = (await readFile(join(folder, file), "utf8")).replaceAll("\r\n", "\n").trim();
  parts.push(`${name} ${version} (${license})\n\n${text}\n`);
}
await writeFile(join(target, "LICENSES.txt"), parts.join(`\n${"-".repeat(80)}\n\n`));
