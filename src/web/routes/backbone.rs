//! Signing in, accounts, councils, logs, and what the service itself answers.

use axum::routing::{get, post};

use super::{Access, Route};
use crate::pages::{
    accounts, assets, backups, checker, councils, health, home, log, own, second_factor, set_up, settings, sign_in,
    slips,
};
use app::trail::logs;
use domain::role::Role;

/// Who manages accounts.
const MANAGERS: Access = Access::Roles(&[Role::Admin, Role::Operator]);
/// Who manages the accounts of a council.
const ADMIN: Access = Access::Roles(&[Role::Admin]);
/// Who founds councils.
const OPERATOR: Access = Access::Roles(&[Role::Operator]);

/// Who reads logs.
const READERS: Access = Access::Roles(logs::READERS);

/// The routes.
pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/", Access::Own, || get(home::show)),
        Route::get("/kiem-tra-goi", Access::Anyone, || get(checker::show)),
        Route::get("/dang-nhap", Access::Anyone, || get(sign_in::show)),
        Route::post("/dang-nhap", Access::Anyone, || post(sign_in::submit)),
        Route::post("/dang-nhap/ma", Access::Anyone, || post(sign_in::submit_code)),
        Route::get("/cai-dat/{token}", Access::Anyone, || get(set_up::show)),
        Route::post("/cai-dat/{token}", Access::Anyone, || post(set_up::submit)),
        Route::get("/toi", Access::Own, || get(own::show)),
        Route::get("/toi/mat-khau", Access::Pending, || get(own::password)),
        Route::post("/toi/mat-khau", Access::Pending, || post(own::change_password)),
        Route::get("/toi/ma-xac-thuc", Access::Pending, || get(second_factor::show)),
        Route::post("/toi/ma-xac-thuc", Access::Pending, || post(second_factor::confirm)),
        Route::post("/toi/ma-xac-thuc/tat", Access::Own, || post(second_factor::drop_own)),
        Route::post("/toi/dung-nguoi", Access::Own, || post(own::vouch)),
        Route::post("/toi/phien", Access::Own, || post(own::end_session)),
        Route::post("/toi/dang-xuat-moi-noi", Access::Own, || post(own::end_all)),
        Route::get("/hoi-dong/cai-dat", Access::Roles(&[Role::Admin]), || get(settings::show)),
        Route::post("/hoi-dong/cai-dat", Access::Roles(&[Role::Admin]), || post(settings::save)),
        Route::post("/dang-xuat", Access::Pending, || post(sign_in::sign_out)),
        Route::get("/tai-khoan", MANAGERS, || get(accounts::list)),
        Route::get("/tai-khoan/moi", MANAGERS, || get(accounts::new)),
        Route::post("/tai-khoan/moi", MANAGERS, || post(accounts::open)),
        Route::get("/tai-khoan/nhieu", ADMIN, || get(accounts::many)),
        Route::post("/tai-khoan/nhieu", ADMIN, || post(accounts::open_many)),
        Route::get("/tai-khoan/{account}", MANAGERS, || get(accounts::show)),
        Route::post("/tai-khoan/{account}", MANAGERS, || post(accounts::change)),
        Route::post("/tai-khoan/{account}/khoa", MANAGERS, || post(accounts::disable)),
        Route::post("/tai-khoan/{account}/mo", MANAGERS, || post(accounts::enable)),
        Route::post("/tai-khoan/{account}/mat-khau", MANAGERS, || post(accounts::reset)),
        Route::post("/tai-khoan/{account}/mo-dang-nhap", MANAGERS, || post(accounts::free)),
        Route::post("/tai-khoan/{account}/dung-nguoi", ADMIN, || post(accounts::vouch)),
        Route::post("/tai-khoan/{account}/bo-hai-lop", MANAGERS, || post(accounts::remove_second_factor)),
        Route::get("/phieu-truy-cap", ADMIN, || get(slips::list)),
        Route::post("/phieu-truy-cap", ADMIN, || post(slips::issue)),
        Route::post("/phieu-truy-cap/huy", ADMIN, || post(slips::revoke)),
        Route::get("/phieu/{slug}", Access::Anyone, || get(slips::enter)),
        Route::post("/phieu/{slug}", Access::Anyone, || post(slips::submit)),
        Route::get("/phieu/{slug}/{code}", Access::Anyone, || get(slips::scanned)),
        Route::get("/da-vao", Access::Own, || get(slips::entered)),
        Route::get("/hoi-dong", OPERATOR, || get(councils::list)),
        Route::get("/hoi-dong/moi", OPERATOR, || get(councils::new)),
        Route::post("/hoi-dong/moi", OPERATOR, || post(councils::found)),
        Route::get("/hoi-dong/{council}", OPERATOR, || get(councils::show)),
        Route::post("/hoi-dong/{council}", OPERATOR, || post(councils::rename)),
        Route::get("/sao-luu", OPERATOR, || get(backups::show)),
        Route::post("/sao-luu", OPERATOR, || post(backups::begin)),
        Route::get("/nhat-ky", READERS, || get(log::list)),
        Route::get("/nhat-ky/{log}", READERS, || get(log::entries)),
        Route::get("/nhat-ky/{log}/nhat-ky.jsonl", READERS, || get(log::entries_file)),
        Route::get("/nhat-ky/{log}/diem-chot.txt", READERS, || get(log::checkpoint)),
        Route::post("/nhat-ky/{log}/diem-chot", READERS, || post(log::sign)),
        Route::get("/nhat-ky/{log}/{seq}", READERS, || get(log::entry)),
        Route::get("/nhat-ky/{log}/{seq}/chung-minh.json", READERS, || get(log::proof_file)),
        Route::get("/tro-giup", Access::Anyone, || get(home::help)),
        Route::get("/healthz", Access::Anyone, || get(health::up)),
        Route::get("/readyz", Access::Anyone, || get(health::ready)),
        Route::get("/tep/{*name}", Access::Anyone, || get(assets::serve)),
    ]
}
