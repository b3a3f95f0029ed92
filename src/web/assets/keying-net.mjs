// The keying page and the server: sends what was keyed, keeps it until the server says that the batch is in, sends it again
// after a cut of the network and after a restart, and asks every second how things stand.
//
// What is held stays in this page's memory alone. The same message sent again carries the same id, so the server takes it
// once, whatever happened in between.

import { bind } from "./keying-page.mjs";

const ASK_EVERY = 1000;
const PAUSES = [500, 1000, 2000, 4000, 5000];
const PATIENCE = 10000;

const SENTENCES = {
    sending: "Đang gửi…",
    retrying: "✗ Chưa gửi được, đang thử lại… Đừng đóng trang này: phần đã nhập vẫn giữ ở đây.",
    waiting: "✓ Đã gửi. Chờ người kia nhập xong; trang này tự cập nhật.",
    watching: "Hai người đang nhập. Trang này tự báo khi cần bạn quyết định.",
    agreed: "✓ Hai lượt đã khớp, đang ghi…",
    taken: "✓ Đã chốt tập. Nhấn Enter để về phòng kiểm phiếu.",
    again: "? Hai lượt lệch ở các dòng tô đậm: nhập lại các dòng đó từ phiếu giấy.",
    decide: "? Hai người còn lệch ở các dòng tô đậm: cầm phiếu, nhập mức đúng.",
    gone: "✗ Tập này không còn trên bàn. Chờ Trưởng ban mở lại tập; phần đã gửi sẽ tự gửi lại, không phải nhập lại.",
    lost: "✗ Mất kết nối với máy chủ, đang thử lại…",
    signIn: "✗ Phiên đăng nhập đã hết. Hãy đăng nhập lại ở một tab (cửa sổ) khác của trình duyệt này; phần đã nhập vẫn giữ ở đây.",
    stranger: "✗ Người khác đã đăng nhập trên máy này. Hãy đăng nhập lại tài khoản của bạn ở một tab (cửa sổ) khác.",
};

const root = document.querySelector("[data-keying]");
const { address, room, account } = root.dataset;
const net = {
    token: root.dataset.token,
    request: root.dataset.request,
    opened: root.dataset.opened,
    run: root.dataset.run,
    // What was sent for this opening of the batch, by what it is: { request, papers, asked }.
    held: {},
    // What the machine is at: "entry", "again", "decide", or null when nothing is to be keyed.
    keying: null,
    unbind: null,
    // A message on its way.
    busy: false,
    done: false,
    pressed: false,
};

function say(text, isTrouble = false) {
    const line = root.querySelector('[data-show="net"]');
    if (line.textContent !== text) line.textContent = text;
    line.toggleAttribute("data-trouble", isTrouble);
}

function start(what, asked, request) {
    net.unbind?.();
    net.keying = what;
    net.request = request;
    net.pressed = false;
    root.dataset.asked = JSON.stringify(asked);
    root.dataset.state = what === "entry" ? "key" : what;
    root.removeAttribute("data-idle");
    net.unbind = bind(root);
}

function rest() {
    net.unbind?.();
    net.unbind = null;
    net.keying = null;
    root.dataset.state = "wait";
    root.toggleAttribute("data-idle", true);
}

// Marks of one paper as one string of keys, in the order of its lines.
function packed(answers) {
    return answers.map(({ paper, reason, lines }) => ({
        paper,
        reason,
        lines: lines.map(([line]) => line),
        keys: lines.map(([, key]) => key).join(""),
    }));
}

root.addEventListener("keying:send", ({ detail }) => {
    const what = net.keying;
    net.held[what] = { request: net.request, papers: packed(detail), asked: root.dataset.asked };
    rest();
    send(what);
});

async function ask(path, options = {}) {
    const answer = await fetch(`${address}/${path}`, {
        ...options, redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
    });
    // A guest is led to the door.
    if (answer.type === "opaqueredirect") return { status: 401, body: {} };
    const isJson = answer.headers.get("content-type")?.startsWith("application/json");
    return { status: answer.status, body: isJson ? await answer.json() : {} };
}

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

// Sends one message until the server has answered it, and does what the answer says.
async function send(what) {
    if (net.busy) return;
    net.busy = true;
    say(SENTENCES.sending);
    for (let tries = 0; ; tries += 1) {
        const { request, papers } = net.held[what];
        const body = JSON.stringify({ token: net.token, request, by: account, what, papers });
        const options = { method: "POST", headers: { "content-type": "application/json" }, body };
        const { status, body: told } = await ask("gui", options).catch(() => ({ status: 0, body: {} }));
        if (status === 200) {
            net.busy = false;
            act(told);
            return;
        }
        if (status === 404) {
            // Not on the table: after a restart, until the head teller opens it again.
            net.busy = false;
            say(SENTENCES.gone, true);
            return;
        }
        if (status === 401) say(SENTENCES.signIn, true);
        else if (status === 400 || status === 422) {
            // Refused for good: nothing of it is sent again, and the page begins anew where there is something to key.
            delete net.held[what];
            net.busy = false;
            say(`✗ ${told.sentence ?? ""}`, true);
            return;
        } else say(status === 403 ? (told.sentence ?? SENTENCES.stranger) : (told.sentence ?? SENTENCES.retrying), true);
        await pause(PAUSES[Math.min(tries, PAUSES.length - 1)]);
        if (status === 401 || status === 403 || status === 409) await renew();
    }
}

// Another sign-in of the same person has another token.
async function renew() {
    const { status, body } = await ask("tien-do.json").catch(() => ({ status: 0, body: {} }));
    if (status === 200 && body.account === account) net.token = body.token;
}

function act(told) {
    if (net.done) return;
    if (told.account !== account) {
        say(SENTENCES.stranger, true);
        return;
    }
    net.token = told.token;
    if (told.state === "taken") return finish();
    const isRestarted = told.run !== net.run;
    if (told.opened !== "" && told.opened !== net.opened) {
        if (!isRestarted) {
            // Taken off the table and opened anew by the head teller: what was keyed of it is void.
            forget();
            location.reload();
            return;
        }
        net.opened = told.opened;
        net.run = told.run;
        if (net.keying !== null) net.request = told.request;
    }
    switch (told.state) {
        case "key":
            if (net.held.entry) send("entry");
            else if (net.keying === null) location.reload();
            else say("");
            break;
        case "again":
        case "decide":
            next(told.state, told);
            break;
        case "agreed":
            rest();
            say(SENTENCES.agreed);
            break;
        case "gone":
            say(SENTENCES.gone, true);
            break;
        default:
            if (net.keying === "again" || net.keying === "decide") rest();
            say(net.keying === null ? SENTENCES[quiet()] : "");
    }
}

// What is said while others are at it: to a head teller another thing than to a teller.
const quiet = () => ("watched" in root.dataset ? "watching" : "waiting");

// Lines that are to be keyed again; what was keyed of these very lines before a restart is sent once more.
function next(what, told) {
    const asked = JSON.stringify(told.asked);
    if (net.held[what]?.asked === asked) return void send(what);
    if (net.keying === what && root.dataset.asked === asked) return;
    start(what, told.asked, told.request);
    say(SENTENCES[what]);
}

function forget() {
    net.held = {};
    net.done = true;
    rest();
}

function finish() {
    forget();
    say(SENTENCES.taken);
    root.toggleAttribute("data-done", true);
    document.addEventListener("keydown", (event) => {
        if (event.key === "Enter") location.assign(room);
    });
}

async function watch() {
    while (!net.done) {
        await pause(ASK_EVERY);
        if (net.busy || net.done) continue;
        const { status, body } = await ask("tien-do.json").catch(() => ({ status: 0, body: {} }));
        if (net.busy || net.done) continue;
        if (status === 200) act(body);
        else if (status === 401) say(SENTENCES.signIn, true);
        else if (status === 404) say(SENTENCES.gone, true);
        else if (status === 403) say(body.sentence ?? SENTENCES.stranger, true);
        else say(body.sentence ? `✗ ${body.sentence}` : SENTENCES.lost, true);
    }
}

document.addEventListener("keydown", () => { net.pressed = true; });
window.addEventListener("beforeunload", (event) => {
    const isUnsent = (net.keying !== null && net.pressed) || Object.keys(net.held).length > 0;
    if (isUnsent && !net.done) event.preventDefault();
});

const { state } = root.dataset;
if (state === "key") start("entry", JSON.parse(root.dataset.asked), net.request);
else if (state === "again" || state === "decide") {
    start(state, JSON.parse(root.dataset.asked), net.request);
    say(SENTENCES[state]);
} else {
    rest();
    say(SENTENCES[state === "agreed" ? "agreed" : quiet()]);
}
watch();
