// Runs a module of the project on the Python that Pyodide brings (npm), which Debian has not yet.
//   node other_python.mjs NODE_FOLDER PROJECT PACKAGES MODULE [ARGUMENT …]
// PACKAGES: the folder with the project's dependencies; those in plain Python work. Connectors are loaded without the
// portal around them.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, project, packages, module, ...rest] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(folder, "node_modules/pyodide/pyodide.mjs")));
const python = await loadPyodide();
const mount = (place, at) => {
  python.FS.mkdirTree(at);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: place }, at);
  return at;
};
mount(project, "/project");
mount(packages, "/packages");
python.globals.set("given", [module, ...rest.map((place, number) => mount(place, `/given/${number}`))]);
python.runPython(`
import runpy, sys, types
sys.dont_write_bytecode = True
sys.path[:0] = ["/project", "/packages"]
connectors = types.ModuleType("agents.connectors")
connectors.__path__ = ["/project/agents/connectors"]
sys.modules["agents.connectors"] = connectors
sys.argv = list(given)
runpy.run_module(sys.argv[0], run_name="__main__")
`);
