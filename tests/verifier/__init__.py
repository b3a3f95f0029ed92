"""The second verifier of bundles: standard library only, written from src/domain/audit/mod.rs."""
