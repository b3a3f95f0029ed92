// The page: files in, two answers out. The check runs in a worker, so that a phone goes on answering.
"use strict";

const byId = (id) => document.getElementById(id);
const ENGINE = document.scripts[0].textContent;
const UNCOMPARED = byId("is-paper").firstElementChild;
let found = null;

/** In a worker: takes a bundle, tells its progress, and the answer. */
function serveChecks() {
  onmessage = async ({ data }) => {
    const progress = async (step, done, all) => postMessage({ step, part: done / all });
    try {
      const files = data.zip ? await unzip(data.zip) : new Map(data.files);
      postMessage({ answer: await judge(files, progress) });
    } catch (error) {
      postMessage({ answer: { holds: false, file: error.file ?? "gói", why: error.why ?? error.message } });
    }
  };
}

function inWorker(told, onProgress) {
  return new Promise((resolve, reject) => {
    const address = URL.createObjectURL(new Blob([`${ENGINE}\n(${serveChecks})();`], { type: "text/javascript" }));
    const worker = new Worker(address);
    const end = (act, value) => {
      worker.terminate();
      URL.revokeObjectURL(address);
      act(value);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      end(reject, new Error(event.message));
    };
    worker.onmessage = ({ data }) => (data.answer ? end(resolve, data.answer) : onProgress(data.step, data.part));
    worker.postMessage(told);
  });
}

/** Where there is no worker: in slices, so that the page goes on answering. */
async function inSlices(told, onProgress) {
  let last = performance.now();
  const progress = async (step, done, all) => {
    onProgress(step, done / all);
    if (performance.now() - last < 40) return;
    await new Promise((resume) => setTimeout(resume, 0));
    last = performance.now();
  };
  try {
    return await judge(told.zip ? await unzip(told.zip) : new Map(told.files), progress);
  } catch (error) {
    return { holds: false, file: error.file ?? "gói", why: error.why ?? error.message };
  }
}

function element(name, text, className = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function answer(place, isGood, title, lines) {
  const box = element("div", "", `answer ${isGood ? "good" : "bad"}`);
  box.append(element("strong", title), ...lines.map((line) => element("p", line)));
  byId(place).replaceChildren(box);
  return box;
}

function showFound() {
  if (!found.holds) {
    answer("holds", false, "Gói không khớp", [`Chỗ đầu tiên không đúng: ${found.file}. ${found.why}.`, "Đừng dùng số liệu trong gói này; hãy tải lại, và báo cho nơi công bố nếu vẫn vậy."]);
    return;
  }
  const box = answer("holds", true, "Gói tự khớp", [`${found.council}, ${found.sitting}.`, ...found.notes]);
  const list = element("ul", "");
  list.append(...found.steps.map((step) => element("li", step)));
  const roots = element("dl", "");
  for (const root of found.roots) {
    const digits = element("dd", "");
    digits.append(element("code", root.root));
    roots.append(element("dt", `Mã gốc, ${root.moment} (${root.size} bản ghi)`), digits);
  }
  const more = element("details", "");
  more.append(element("summary", "Đã kiểm những gì, và các mã gốc"), list, roots);
  box.append(more);
}

async function check(told) {
  const bar = byId("bar");
  byId("holds").replaceChildren();
  byId("is-paper").replaceChildren(UNCOMPARED);
  byId("working").hidden = false;
  const onProgress = (step, part) => {
    byId("step").textContent = step;
    bar.value = part;
  };
  try {
    found = await inWorker(told, onProgress);
  } catch {
    found = await inSlices(told, onProgress);
  }
  byId("working").hidden = true;
  showFound();
  document.documentElement.dataset.answered = found.holds ? "holds" : "fails";
}

async function checkFiles(files) {
  delete document.documentElement.dataset.answered;
  const list = [...files];
  if (list.length === 1 && !list[0].webkitRelativePath) {
    await check({ zip: new Uint8Array(await list[0].arrayBuffer()) });
    return;
  }
  const path = (file) => (file.path ?? file.webkitRelativePath).split("/").slice(1).join("/");
  await check({ files: await Promise.all(list.map(async (file) => [path(file), new Uint8Array(await file.arrayBuffer())])) });
}

/** Files below a dropped folder, each with its path. */
async function below(entry, prefix = "") {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    file.path = `${prefix}${entry.name}`;
    return [file];
  }
  const reader = entry.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    for (const one of some) all.push(...(await below(one, `${prefix}${entry.name}/`)));
  }
  return all;
}

function comparePaper(told) {
  byId("paper-wrong").textContent = "";
  if (!found || !found.holds) {
    byId("paper-wrong").textContent = "Hãy chọn gói trước, và gói phải tự khớp.";
    return;
  }
  let root;
  try {
    root = paperIs(found.roots, told);
  } catch (error) {
    byId("paper-wrong").textContent = error.message;
    return;
  }
  const two = told.groups && told.groups.length ? " Tình cờ mà khớp cả hai nhóm bạn tự chọn: chưa đến một phần tám trăm triệu." : "";
  if (root) answer("is-paper", true, "Đúng là bản trên giấy của bạn", [`Khớp điểm chốt «${root.moment}», ${root.size} bản ghi.${two}`]);
  else answer("is-paper", false, "Không phải bản trên giấy của bạn", ["Mã gốc trên giấy không phải của điểm chốt nào trong gói. Hãy xem lại đã gõ đúng chưa; gõ đúng mà vẫn vậy thì gói này không phải gói đã ký."]);
}

for (const id of ["number1", "number2"]) {
  for (let number = 1; number <= 16; number += 1) byId(id).append(new Option(String(number), String(number), false, id === "number2" && number === 16));
}
byId("zip").addEventListener("change", (event) => event.target.files.length && checkFiles(event.target.files));
byId("folder").addEventListener("change", (event) => event.target.files.length && checkFiles(event.target.files));
const drop = byId("drop");
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
  if (entries.length === 1 && entries[0].isDirectory) await checkFiles(await below(entries[0]));
  else await checkFiles(event.dataTransfer.files);
});
byId("paper").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value;
  const groups = [1, 2].map((i) => ({ number: Number(byId(`number${i}`).value), digits: byId(`digits${i}`).value }));
  comparePaper(text.trim() ? { text } : { groups });
});
if ("BarcodeDetector" in window) {
  byId("scan").hidden = false;
  byId("photo").addEventListener("change", async (event) => {
    const codes = event.target.files.length ? await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(event.target.files[0])) : [];
    if (codes.length) {
      byId("text").value = codes[0].rawValue;
      comparePaper({ text: codes[0].rawValue });
    } else {
      byId("paper-wrong").textContent = "Không thấy mã QR trong ảnh; hãy chụp gần hơn, hoặc gõ hai nhóm.";
    }
  });
}
byId("save").hidden = !location.protocol.startsWith("http");
byId("download").href = location.href;
