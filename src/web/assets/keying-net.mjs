// The keying page and the server: every paper goes to the server as soon as it is finished; the page asks every second how
// things stand, and goes on from there.
//
// What is sent waits in line until the server has answered it, and is sent again after a cut of the network; the same
// message carries the same id, so the server takes it once. After a restart of the server the page sends again every paper
// that it holds. What it holds stays in this page's memory alone.

import { bind } from "./keying-page.mjs";

const ASK_EVERY = 1000;
const PAUSES = [500, 1000, 2000, 4000, 5000];
const PATIENCE = 10000;

const SENTENCES = {
    sending: "Đang gửi…",
    retrying: "✗ Chưa gửi được, đang thử lại… Đừng đóng trang này: phiếu đang gửi vẫn giữ ở đây.",
    waiting: "✓ Đã gửi.",
    watching: "Hai người đang nhập. Trang này tự báo khi cần bạn quyết định.",
    agreed: "✓ Hai lượt đã khớp, đang ghi…",
    taken: "✓ Đã chốt tập. Nhấn Enter để sang tập tiếp theo, hoặc về phòng kiểm phiếu.",
    reopened: "Người kia mở lại lượt nhập của họ để sửa: lượt bạn đã gửi vẫn giữ nguyên, chờ so lại.",
    gone: "✗ Trưởng ban đã bỏ tập này khỏi bàn; phần đã nhập không còn dùng. Chờ Trưởng ban mở lại, hoặc về phòng kiểm phiếu.",
    lost: "✗ Mất kết nối với máy chủ, đang thử lại…",
    signIn: "✗ Phiên đăng nhập đã hết. Hãy đăng nhập lại ở một tab (cửa sổ) khác của trình duyệt này; trang này tự gửi tiếp.",
    stranger: "✗ Người khác đã đăng nhập trên máy này. Hãy đăng nhập lại tài khoản của bạn ở một tab (cửa sổ) khác.",
    replaced: "✗ Tập này nay do người khác nhập; phần bạn đã nhập được giữ lại cho người đó. Về phòng kiểm phiếu.",
};

const root = document.querySelector("[data-keying]");
const { address, room, account } = root.dataset;
const net = {
    token: root.dataset.token,
    opened: root.dataset.opened,
    run: root.dataset.run,
    papers: Number(root.dataset.papers),
    // Messages of this person that the server has taken.
    revision: Number(root.dataset.revision),
    // What waits to be sent, in order: { request, what, step, papers }.
    line: [],
    // What the machine is at: "entry", "again", "decide", or null when nothing is to be keyed.
    keying: null,
    asked: "",
    // The page module's handle of what is keyed.
    handle: null,
    // The whole reading that was ended here, by paper: after a restart of the server it is sent again.
    ended: null,
    busy: false,
    // Taken off the table, or given to somebody else.
    isGone: false,
    done: false,
    // From which paper one of two readings is probably moved by one.
    suggested: null,
    // What was said last for good: a routine answer does not wipe it.
    notice: "",
};

function say(text, isTrouble = false) {
    const line = root.querySelector('[data-show="net"]');
    if (line.textContent !== text) line.textContent = text;
    line.toggleAttribute("data-trouble", isTrouble);
}

// Ids of messages: what the server takes for one must differ from every other, and be shaped as its own ids are.
function newRequest() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    let time = Date.now();
    for (let place = 5; place >= 0; place -= 1) {
        bytes[place] = time % 256;
        time = Math.floor(time / 256);
    }
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function whole() {
    const lines = Array.from({ length: Number(root.dataset.lines) }, (_, place) => place + 1);
    return Array.from({ length: net.papers }, (_, place) => ({ paper: place + 1, lines }));
}

function start(what, asked, done) {
    net.handle?.unbind();
    net.keying = what;
    net.asked = JSON.stringify(asked);
    root.dataset.asked = net.asked;
    root.dataset.done = done;
    root.dataset.what = what;
    root.dataset.state = what === "entry" ? "key" : what;
    root.removeAttribute("data-idle");
    net.handle = bind(root);
}

function rest() {
    net.handle?.unbind();
    net.handle = null;
    net.keying = null;
    root.querySelector("[data-show=sign]").textContent = "";
    root.dataset.state = "wait";
    root.toggleAttribute("data-idle", true);
}

root.addEventListener("keying:step", ({ detail }) => {
    const { step, paper, reason, lines, keys } = detail;
    if (net.keying === "again") correct({ paper, reason, lines, keys });
    queue(net.keying, step, [{ paper, reason, lines, keys }]);
});
root.addEventListener("keying:send", () => {
    const what = net.keying;
    if (what === "entry") net.ended = net.handle.steps();
    rest();
    queue(what, "send", []);
});

// Puts lines that are read again into the reading that is held here.
function correct({ paper, reason, lines, keys }) {
    const earlier = net.ended?.find((read) => read.paper === paper);
    if (earlier === undefined) return;
    const isWhole = lines.length === Number(root.dataset.lines);
    if (reason !== null || isWhole) Object.assign(earlier, { reason, lines, keys });
    else {
        const all = [...earlier.keys];
        lines.forEach((line, place) => { all[line - 1] = keys[place]; });
        earlier.keys = all.join("");
    }
}

root.querySelector("[data-reopen]")?.addEventListener("click", () => {
    queue("entry", "reopen", []);
});

function queue(what, step, papers) {
    net.line.push({ request: newRequest(), what, step, papers });
    send();
}

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

// Sends what waits in line, one message after the other, each until the server has answered it.
async function send() {
    if (net.busy) return;
    net.busy = true;
    try {
        let tries = 0;
        while (net.line.length > 0 && !net.done) {
            const [message] = net.line;
            if (message.step === "send") say(SENTENCES.sending);
            const body = JSON.stringify({
                token: net.token, by: account, opened: net.opened, revision: net.revision, ...message,
            });
            const options = { method: "POST", headers: { "content-type": "application/json" }, body };
            const { status, body: told } = await ask("gui", options).catch(() => ({ status: 0, body: {} }));
            if (status === 200 && told.account === account) {
                tries = 0;
                net.line.shift();
                const isTaken = told.opened === net.opened && told.revision === net.revision + 1;
                if (isTaken) net.revision = told.revision;
                act(told);
                continue;
            }
            if (status === 400 || status === 404 || status === 422) {
                net.line.shift();
                await refused(status, told.sentence);
                continue;
            }
            if (status === 401) say(SENTENCES.signIn, true);
            else if (status === 200) say(SENTENCES.stranger, true);
            else say(status === 403 ? (told.sentence ?? SENTENCES.stranger) : (told.sentence ?? SENTENCES.retrying), true);
            await pause(PAUSES[Math.min(tries, PAUSES.length - 1)]);
            tries += 1;
            if (status === 200 || status === 401 || status === 403 || status === 409) await renew();
        }
    } finally {
        net.busy = false;
    }
}

// Another sign-in of the same person has another token.
async function renew() {
    const { status, body } = await ask("tien-do.json").catch(() => ({ status: 0, body: {} }));
    if (status === 200 && body.account === account) net.token = body.token;
    if (status === 403) replaced(body.sentence);
}

// The same person went on in another window: this page goes on from what the server has.
function moved(told) {
    net.line = [];
    net.revision = told.revision;
    net.ended = null;
    restart(told, `Bạn đã nhập tiếp ở một cửa sổ hoặc máy khác: máy chủ có ${told.done} phiếu của bạn; trang này nhập tiếp từ phiếu sau.`);
}

// The server does not take what was keyed: the page shows why, and goes on from what the server has.
async function refused(status, sentence) {
    net.line = [];
    const { status: now, body } = await ask("tien-do.json").catch(() => ({ status: 0, body: {} }));
    const why = `✗ ${sentence ?? ""}`;
    if (now !== 200 || body.state === "gone") return gone(why);
    net.revision = body.revision;
    net.ended = null;
    restart(body, why);
}

function restart(told, notice) {
    net.notice = notice;
    rest();
    net.papers = told.papers;
    if (told.state === "key") start("entry", whole(), told.done);
    else if (told.state === "again" || told.state === "decide") start(told.state, told.asked, told.done);
    say(notice, true);
}

// The batch is not this person's any more. The page goes on watching: it may be opened again.
function gone(sentence) {
    net.line = [];
    net.isGone = true;
    rest();
    root.toggleAttribute("data-gone", true);
    say(sentence, true);
}

function replaced(sentence) {
    gone(sentence ? `✗ ${sentence}` : SENTENCES.replaced);
}

// After a restart of the server its table is empty, and the pile lies there anew: what this page holds is sent again.
function sendAgain(told) {
    net.run = told.run;
    const { ended } = net;
    const steps = ended ?? (net.keying === "entry" ? net.handle.steps() : []);
    net.line = [];
    net.revision = told.revision;
    // Papers that were keyed before this page was loaded are nowhere any more.
    const isWhole = steps.every(({ paper }, place) => paper === place + 1);
    if (!isWhole) {
        net.ended = null;
        restart({ ...told, done: 0 }, "✗ Máy chủ đã khởi động lại: phiếu bạn nhập trước khi tải trang này không còn. Nhập lại từ phiếu 1.");
        return;
    }
    for (const { paper, reason, lines, keys } of steps) {
        net.line.push({ request: newRequest(), what: "entry", step: "put", papers: [{ paper, reason, lines, keys }] });
    }
    if (ended) net.line.push({ request: newRequest(), what: "entry", step: "send", papers: [] });
    if (steps.length > 0) net.notice = `Máy chủ đã khởi động lại: trang này tự gửi lại ${steps.length} phiếu, không phải nhập lại.`;
    say(net.notice, true);
    send();
}

function resize(told) {
    net.notice = `Trưởng ban sửa số phiếu của tập từ ${net.papers} thành ${told.papers}.`;
    net.papers = told.papers;
    root.dataset.papers = told.papers;
    if (net.keying === "entry") net.handle.resize(told.papers);
}

function act(told) {
    if (net.done) return;
    if (told.account !== account) {
        say(SENTENCES.stranger, true);
        return;
    }
    net.token = told.token;
    if (told.state === "taken") return finish();
    if (told.state === "gone") return gone(SENTENCES.gone);
    // Opened anew after it was taken off the table: the page begins anew with it.
    if (net.isGone || told.opened !== net.opened) {
        net.done = true;
        location.reload();
        return;
    }
    if (told.papers !== net.papers) resize(told);
    if (told.run !== net.run) return sendAgain(told);
    if (told.revision !== net.revision) return moved(told);
    // What waits in line is not in this answer yet.
    if (net.line.length > 0) return;
    root.querySelector("[data-offer]")?.toggleAttribute("hidden", !mayReopen(told));
    switch (told.state) {
        case "key":
            if (net.keying !== "entry") {
                start("entry", whole(), told.done);
                net.handle.suggest(net.suggested);
                net.suggested = null;
                if (net.ended) net.notice = `Lượt của bạn được mở lại, máy chủ giữ ${told.done} phiếu: sửa rồi gửi lại.`;
                net.ended = null;
            }
            say(net.notice);
            break;
        case "again":
        case "decide":
            next(told.state, told);
            break;
        case "agreed":
            rest();
            agreed(told);
            break;
        default:
            // Lines were to be keyed again, and are not any more: the other reading is being corrected first.
            if (net.keying === "again") net.notice = SENTENCES.reopened;
            if (net.keying !== null) rest();
            say([net.notice || quiet(), told.waits].filter(Boolean).join(" "));
    }
}

// A teller who ended a reading may take it back to put in a skipped paper or to correct one.
const mayReopen = (told) => !("watched" in root.dataset) && (told.state === "again" || told.state === "wait");

// What is said while others are at it: to a head teller another thing than to a teller.
const quiet = () => ("watched" in root.dataset ? SENTENCES.watching : SENTENCES.waiting);

function agreed(told) {
    const blocked = told.blocked ?? "";
    root.querySelector("[data-commit]")?.toggleAttribute("hidden", blocked === "");
    if (blocked !== "") say(`✗ Hai lượt đã khớp nhưng chưa ghi được: ${blocked}. Báo Trưởng ban.`, true);
    else {
        say(SENTENCES.agreed);
        // The server has tried just now when it answers a message; another attempt comes with the next question.
        if (!net.busy) queue("entry", "commit", []);
    }
}

// Lines that are to be keyed again.
function next(what, told) {
    const asked = JSON.stringify(told.asked);
    if (net.keying === what && net.asked === asked) return;
    net.suggested = told.moved_from ?? null;
    start(what, told.asked, told.done);
    net.handle.suggest(net.suggested);
    net.notice = "";
    say("");
}

function finish() {
    net.line = [];
    net.done = true;
    rest();
    say(SENTENCES.taken);
    root.toggleAttribute("data-taken", true);
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
        else if (status === 404) gone(SENTENCES.gone);
        else if (status === 403) replaced(body.sentence);
        else say(body.sentence ? `✗ ${body.sentence}` : SENTENCES.lost, true);
    }
}

window.addEventListener("beforeunload", (event) => {
    // What is finished is on the server; a paper that is begun is not.
    const isBegun = net.handle?.held().isBegun ?? false;
    if ((net.line.length > 0 || isBegun) && !net.done) event.preventDefault();
});

const { state, movedFrom, blocked } = root.dataset;
if (state === "key") {
    const done = Number(root.dataset.done);
    start("entry", whole(), done);
    if ("laidAgain" in root.dataset && done === 0) {
        net.notice = "Máy chủ đã khởi động lại sau khi tập này được mở: phần nhập ở trang đã đóng không còn, nhập từ phiếu 1.";
    } else if (done > 0) net.notice = `Máy chủ giữ ${done} phiếu đã nhập; nhập tiếp từ phiếu ${done + 1}.`;
    say(net.notice);
} else if (state === "again" || state === "decide") {
    start(state, JSON.parse(root.dataset.asked), Number(root.dataset.done));
    net.suggested = movedFrom ? Number(movedFrom) : null;
    net.handle.suggest(net.suggested);
    say("");
} else {
    rest();
    if (state === "agreed") agreed({ blocked });
    else say([quiet(), root.dataset.waits].filter(Boolean).join(" "));
}
watch();
