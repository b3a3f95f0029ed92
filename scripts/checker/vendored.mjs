export { ed25519, RistrettoPoint } from "@noble/curves/ed25519.js";
export { sha256, sha512 } from "@noble/hashes/sha2.js";
export { parse as toml } from "smol-toml";
