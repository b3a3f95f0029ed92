//! Changes of a database that nobody thought of: any row of any table, any column, by chance. `verify --db` finds each, or
//! `tests/reviewed/uncovered.txt` lists its column with a reason.
//!
//! The suite makes a few. `TINNHIEM_TEST_CHANGES=100000` makes as many, from the seed in `TINNHIEM_TEST_SEED`.

use std::collections::BTreeSet;

use domain::simulate::SeededStream;

use crate::reviewed::uncovered;
use crate::routes::World;
use crate::site::Engine;
use crate::tampering::{Column, Tampering, found};

/// Changes that the suite makes.
const FEW: u32 = 25;

fn setting(name: &str, otherwise: u32) -> u32 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[test]
fn no_change_of_a_database_by_chance_goes_unnoticed() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("runtime");
    runtime.block_on(async {
        let (changes, seed) = (setting("TINNHIEM_TEST_CHANGES", FEW), setting("TINNHIEM_TEST_SEED", 2026));
        let world = World::new(Engine::Sqlite).await;
        world.has_papers_and_slips().await;
        assert_eq!(found(&world.site).await, Vec::<String>::new(), "nothing was changed yet");
        let tampering = Tampering::begin(&world.site, world.own.council).await;
        let mut vandal = Vandal::new(tampering, seed).await;
        let listed: BTreeSet<String> = uncovered("what verify --db does not compare").into_keys().collect();
        let mut unnoticed = Vec::new();
        let mut made = 0;
        while made < changes {
            let Some(change) = vandal.changes().await else { continue };
            if !listed.contains(&change.column) && !listed.contains(&change.table) {
                made += 1;
                if found(&world.site).await.is_empty() {
                    unnoticed.push(change.what.clone());
                }
            }
            vandal.undoes(&change).await;
        }
        eprintln!("{} of {changes} changes went unnoticed", unnoticed.len());
        assert_eq!(found(&world.site).await, Vec::<String>::new(), "everything is as it was");
        assert!(unnoticed.is_empty(), "{}", unnoticed.join("\n"));
    });
}

/// A change that was made.
struct Change {
    /// What `uncovered.txt` calls its column: `table.column`, or what it calls a row that is gone.
    column: String,
    /// What it calls all columns beside the key, where this is one of them.
    table: String,
    /// In words.
    what: String,
    /// Statements that put everything back.
    back: String,
}

struct Table {
    name: String,
    keys: Vec<Column>,
    others: Vec<Column>,
}

/// Somebody who changes a database by chance.
struct Vandal {
    tampering: Tampering,
    chance: SeededStream,
    tables: Vec<Table>,
}

impl Vandal {
    async fn new(mut tampering: Tampering, seed: u32) -> Self {
        let mut tables = Vec::new();
        for name in tampering.tables().await {
            if tampering.rows(&name).await > 0 {
                let (keys, others) = tampering.columns(&name).await;
                tables.push(Table { name, keys, others });
            }
        }
        Self { tampering, chance: SeededStream::new(u64::from(seed), "changes"), tables }
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.chance.below(u32::try_from(count).expect("small"))).expect("small")
    }

    /// Changes one value, or takes a row away. `None` when the database refuses or the value stays the same.
    async fn changes(&mut self) -> Option<Change> {
        let at = self.below(self.tables.len());
        let rows = self.tampering.rowids(&self.tables[at].name).await;
        let pick = self.below(rows.len());
        let row = rows[pick].clone();
        if self.below(12) == 0 {
            return self.takes_away(at, &row).await;
        }
        let (name, is_key, column) = {
            let keys = self.tables[at].keys.len();
            let chosen = self.below(keys + self.tables[at].others.len());
            let table = &self.tables[at];
            let column = table.keys.iter().chain(&table.others).nth(chosen).expect("a column");
            (table.name.clone(), chosen < keys, column.clone())
        };
        let other = rows[self.below(rows.len())].clone();
        let value = self.value(&column, &name, &other);
        self.tampering
            .run(&format!("CREATE TEMP TABLE kept AS SELECT * FROM {name} WHERE rowid = {row}"))
            .await
            .ok()?;
        let change =
            format!("UPDATE {name} SET {0} = {value} WHERE rowid = {row} AND {0} IS NOT ({value})", column.name);
        let drop = "DROP TABLE kept";
        if !matches!(self.tampering.run(&change).await, Ok(1)) {
            self.tampering.run(drop).await.expect("forgotten");
            return None;
        }
        Some(Change {
            column: format!("{name}.{}", column.name),
            table: if is_key { String::new() } else { format!("{name}: every value beside the key") },
            what: format!("{name}.{} of row {row} = {value}", column.name),
            back: format!("UPDATE {name} SET {0} = (SELECT {0} FROM kept) WHERE rowid = {row}; {drop}", column.name),
        })
    }

    async fn takes_away(&mut self, at: usize, row: &str) -> Option<Change> {
        let table = &self.tables[at];
        let name = table.name.clone();
        let mut columns: Vec<&str> =
            table.keys.iter().chain(&table.others).map(|column| column.name.as_str()).collect();
        columns.push("council_id");
        if name == "search_lines" {
            columns.push("line_id");
        }
        let columns = columns.join(", ");
        let take = format!("CREATE TEMP TABLE kept AS SELECT * FROM {name} WHERE rowid = {row}");
        self.tampering.run(&take).await.ok()?;
        self.tampering.run(&format!("DELETE FROM {name} WHERE rowid = {row}")).await.expect("gone");
        Some(Change {
            column: format!("{name}: a row that is gone"),
            table: String::new(),
            what: format!("row {row} of {name} is gone"),
            back: format!("INSERT INTO {name} (rowid, {columns}) SELECT {row}, {columns} FROM kept; DROP TABLE kept"),
        })
    }

    /// Another value, as SQL: that of another row, nothing, or one that is nearly the same.
    fn value(&mut self, column: &Column, table: &str, other: &str) -> String {
        let name = &column.name;
        let near = match column.kind.as_str() {
            "INTEGER" if self.below(2) == 0 => format!("{name} + 1"),
            "INTEGER" => format!("{name} - 1"),
            // One byte, at a place that depends on the row.
            "BLOB" => format!(
                "CAST(substr({name}, 1, length({name}) / {0}) || x'{1:02x}' || substr({name}, length({name}) / {0} + 2) AS BLOB)",
                self.below(9) + 1,
                self.below(256)
            ),
            _ => {
                let (part, letter) = (self.below(9) + 1, ["0", "1", "9", "a", "x", " ", "ă"][self.below(7)]);
                format!(
                    "substr({name}, 1, length({name}) / {part}) || '{letter}' || substr({name}, length({name}) / {part} + 2)"
                )
            }
        };
        match self.below(5) {
            // Nothing, and where there is nothing, something that is easily taken for it.
            0 => {
                let empty = ["''", "0", "x''"][match column.kind.as_str() {
                    "INTEGER" => 1,
                    "BLOB" => 2,
                    _ => 0,
                }];
                format!("CASE WHEN {name} IS NULL THEN {empty} END")
            }
            1 | 2 => format!("(SELECT {name} FROM {table} WHERE rowid = {other})"),
            _ => near,
        }
    }

    async fn undoes(&mut self, change: &Change) {
        self.tampering.run(&change.back).await.unwrap_or_else(|problem| panic!("{}: {problem}", change.what));
    }
}
