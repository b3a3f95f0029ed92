//! The program: hands its arguments to [`tinnhiem::cli`].

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Memory is wiped when it is freed. What our own code holds of a ballot it wipes itself; this reaches the buffers of the
/// server, the parser and the drivers too, so that a core dump after a batch is in has nothing of it.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    tinnhiem::cli::main()
}
