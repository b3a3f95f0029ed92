//! What commands take from the machine: the database that the environment names, and a runtime to wait in.

use tokio::runtime::{Builder, Runtime};

use app::AppError;

/// URL of the database; `None` where the one in the data folder is meant.
pub(super) fn database_url() -> Option<String> {
    std::env::var("DATABASE_URL").ok()
}

/// One that runs everything in the thread that waits.
pub(super) fn runtime() -> Result<Runtime, AppError> {
    built(&mut Builder::new_current_thread())
}

/// One that reads from the database while the thread that waits, or one of its own, does something else.
pub(super) fn runtime_with_worker() -> Result<Runtime, AppError> {
    built(Builder::new_multi_thread().worker_threads(1))
}

/// One for a service.
pub(super) fn runtime_of_service() -> Result<Runtime, AppError> {
    built(&mut Builder::new_multi_thread())
}

fn built(builder: &mut Builder) -> Result<Runtime, AppError> {
    builder.enable_all().build().map_err(|e| AppError::internal("khởi động", e))
}
