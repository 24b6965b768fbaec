#include "payload/schema.h"
#include "payload/schema_reader.h"
#include "payload/schema_text.h"
#include "payload/sql_text.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace lockstep {
namespace {

// What SQLite says where something that an application may register is missing, and what we call it.
struct Lack {
    std::string_view message;
    std::string_view kind;
};
constexpr std::array<Lack, 6> lacks{{
    {"no such function: ", "function"},
    {"unknown function: ", "function"}, // what it says of a table's own expressions, with () after the name
    {"no such collation sequence: ", "collation"},
    {"no such module: ", "module"},
    {"no such tokenizer: ", "tokenizer"},
    {"unknown tokenizer: ", "tokenizer"},
}};

struct Missing {
    std::string_view kind;
    std::string name;
};

std::optional<Missing> missing_in(std::string_view message) {
    for (const Lack& lack : lacks) {
        if (!message.starts_with(lack.message)) continue;
        message.remove_prefix(lack.message.size());
        if (message.ends_with("()")) message.remove_suffix(2);
        return Missing{lack.kind, std::string(message)};
    }
    return std::nullopt;
}

// Prepares what an application would run, without running it: with that SQLite looks up all that is needed.
// (EXPLAIN would not do: some builds of SQLite let it pass with unknown functions.)
class Inventory {
  public:
    Inventory(Database& database, std::string schema)
        : database_(database), schema_(std::move(schema)), reader_(database, schema_),
          objects_(reader_.objects()) {}

    std::set<std::string> take() {
        for (const SchemaObject& object : objects_) {
            if (object.type == "table") try_table(object);
            if (object.type == "view") try_view(object);
        }
        return std::move(missing_);
    }

  private:
    std::string full_name(const SchemaObject& object) const {
        return quoted_name(schema_) + "." + quoted_name(object.name);
    }

    void try_table(const SchemaObject& table) {
        if (ascii_lower(table.name).starts_with("sqlite_") ||
            !try_sql(table, "SELECT * FROM " + full_name(table)))
            return;
        for (const SchemaColumn& column : reader_.columns(table.name)) try_collation(table, column);
        // SQLite leaves a table's CHECKs out where the file is opened for reading only.
        for (const std::string& check : read_table_text(table.sql).written_checks)
            try_sql(table, "SELECT (" + check + ") FROM " + full_name(table));
        try_writes(table);
    }

    // A collation that no index uses is looked up only when something is compared with it. (Pragma
    // collation_list would not do: it names what the schema speaks of, whether registered or not.)
    void try_collation(const SchemaObject& table, const SchemaColumn& column) {
        if (!column.collation.empty())
            try_sql(table, "SELECT 'a' < 'b' COLLATE " + quoted_name(column.collation));
    }

    void try_view(const SchemaObject& view) {
        if (try_sql(view, "SELECT * FROM " + full_name(view)) && has_trigger(view)) try_writes(view);
    }

    bool has_trigger(const SchemaObject& view) const {
        return std::ranges::any_of(objects_, [&](const SchemaObject& object) {
            return object.type == "trigger" && ascii_lower(object.table) == ascii_lower(view.name);
        });
    }

    void try_writes(const SchemaObject& table) {
        std::string assignments;
        for (const std::string& column :
             database_.texts("SELECT name FROM pragma_table_xinfo(" + quoted_text(table.name) + ", " +
                             quoted_text(schema_) + ") WHERE hidden = 0"))
            assignments +=
                (assignments.empty() ? "" : ", ") + quoted_name(column) + "=" + quoted_name(column);
        try_sql(table, "INSERT INTO " + full_name(table) + " DEFAULT VALUES");
        try_sql(table, "UPDATE " + full_name(table) + " SET " + assignments);
        try_sql(table, "DELETE FROM " + full_name(table));
    }

    // False where it can't be prepared. A schema that is broken for another reason (a view of a table that is
    // gone) is none of our business: it was like that before.
    bool try_sql(const SchemaObject& object, const std::string& sql) {
        sqlite3_stmt* made = nullptr;
        const int result = sqlite3_prepare_v2(database_.handle(), sql.c_str(), -1, &made, nullptr) & 0xff;
        sqlite3_finalize(made);
        if (result == SQLITE_OK) return true;
        if (result == SQLITE_NOMEM || result == SQLITE_IOERR)
            throw sqlite_error(database_.handle(), database_.failure(), "look up what is needed by",
                               object.name);
        const std::optional<Missing> missing = missing_in(sqlite3_errmsg(database_.handle()));
        if (missing) report(object, *missing);
        return false;
    }

    void report(const SchemaObject& object, const Missing& missing) {
        const SchemaObject& owner = owner_of(object, missing.name);
        missing_.insert(owner.type + " " + owner.name + " needs the " + std::string(missing.kind) + " " +
                        missing.name);
    }

    // The table's own text, or the index or trigger of it that speaks of what is missing.
    const SchemaObject& owner_of(const SchemaObject& object, const std::string& name) const {
        if (speaks_of(object, name)) return object;
        for (const SchemaObject& other : objects_)
            if (ascii_lower(other.table) == ascii_lower(object.name) && speaks_of(other, name)) return other;
        return object;
    }

    static bool speaks_of(const SchemaObject& object, const std::string& name) {
        const std::string lower = ascii_lower(name);
        return std::ranges::any_of(tokens_of(object.sql), [&](const SqlToken& token) {
            return token.kind != SqlKind::string && ascii_lower(unquoted(token)) == lower;
        });
    }

    Database& database_;
    std::string schema_;
    SchemaReader reader_;
    std::vector<SchemaObject> objects_;
    std::set<std::string> missing_;
};

} // namespace

void require_engine_support(Database& database, const std::string& schema) {
    std::string all;
    for (const std::string& missing : Inventory(database, schema).take())
        all += (all.empty() ? "" : "; ") + missing;
    if (!all.empty())
        throw Error(Code::migration_failed, "work with the database", database.path(),
                    all + ". The application registers that for itself, and this engine lacks it");
}

} // namespace lockstep
