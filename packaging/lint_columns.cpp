#include "packaging/likeness.h"
#include "packaging/lint_parts.h"
#include "packaging/row_risks.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <charconv>

namespace lockstep {
namespace {

// VARCHAR(20): 20. SQLite itself holds nobody to it; an application may.
std::optional<std::int64_t> length_limit(const std::string& type) {
    if (affinity(type) != "text") return std::nullopt;
    const std::vector<SqlToken> tokens = tokens_of(type);
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
        if (!is_sign(tokens[i], "(") || !is_sign(tokens[i + 2], ")")) continue;
        std::int64_t limit = 0;
        const std::string_view text = tokens[i + 1].text;
        if (std::from_chars(text.data(), text.data() + text.size(), limit).ec == std::errc()) return limit;
    }
    return std::nullopt;
}

class ColumnConditions {
  public:
    explicit ColumnConditions(const LintTable& table) : table_(table) {}

    std::vector<RowCondition> all() {
        for (const SchemaColumn& now : table_.newer->columns) {
            const SchemaColumn* was = table_.old_column(now.name);
            if (!was || now.hidden != 0) continue;
            add_not_null(*was, now);
            add_type(*was, now);
            add_limit(*was, now);
        }
        add_checks();
        return std::move(all_);
    }

  private:
    void add(RiskKind kind, const SchemaColumn& was, const SchemaColumn& now, const std::string& message,
             const std::string& advice, const std::string& before, const std::string& after) {
        const std::string old_value = quoted_name(was.name);
        all_.push_back({{.kind = kind,
                         .place = dotted(table_.newer->name, now.name),
                         .message = message,
                         .advice = advice},
                        before,
                        after,
                        old_value,
                        quoted_name(now.name)});
    }

    void add_not_null(const SchemaColumn& was, const SchemaColumn& now) {
        if (!now.not_null || was.not_null || table_.newer->rowid_column() == now.name) return;
        add(RiskKind::null_value, was, now, "is NULL, and is NOT NULL in the new schema",
            "Say in the migration what stands there instead.", quoted_name(was.name) + " IS NULL", "");
    }

    bool stricter() const { return table_.newer->kind.strict && !table_.older->kind.strict; }

    void add_type(const SchemaColumn& was, const SchemaColumn& now) {
        const std::string kind = affinity(now.type);
        if ((kind == affinity(was.type) && !stricter()) || (is_date_type(now.type) && !stricter())) return;
        const bool strict_blob = stricter() && ascii_lower(now.type) == "blob";
        const auto condition = [&](const SchemaColumn& column) {
            return "NOT lockstep_fits(" + quoted_text(strict_blob ? "strict blob" : kind) + ", " +
                   quoted_name(column.name) + ")";
        };
        add(RiskKind::wrong_type, was, now,
            "doesn't fit " + now.type + (stricter() ? " in a STRICT table" : "") +
                (was.type.empty() ? "" : ", which was " + was.type),
            "SQLite keeps such a value as it is, or refuses it in a STRICT table; CAST takes the number at "
            "its "
            "beginning, without a word.",
            condition(was), condition(now));
    }

    void add_limit(const SchemaColumn& was, const SchemaColumn& now) {
        const auto limit = length_limit(now.type);
        const auto old_limit = length_limit(was.type);
        if (!limit || (old_limit && *old_limit <= *limit)) return;
        const auto condition = [&](const SchemaColumn& column) {
            const std::string name = quoted_name(column.name);
            return "typeof(" + name + ") = 'text' AND length(" + name + ") > " + std::to_string(*limit);
        };
        add(RiskKind::cut_text, was, now, "is longer than " + now.type + " says",
            "SQLite holds nobody to such a limit; an application that does will cut or refuse it.",
            condition(was), condition(now));
    }

    void add_checks() {
        if (!table_.older) return;
        const std::vector<std::string>& known = table_.older->text.checks;
        for (const std::string& written : table_.newer->text.written_checks) {
            const std::vector<SqlToken> tokens = tokens_of(written);
            const std::string plain = normalised(without_outer_parentheses(tokens));
            if (std::ranges::find(known, plain) != known.end() || !table_.were_columns(tokens)) continue;
            all_.push_back({{.kind = RiskKind::check,
                             .place = table_.newer->name,
                             .message = "breaks the new CHECK (" + plain + ")",
                             .advice = "Repair such rows in the migration, before they are copied."},
                            "NOT (" + written + ")",
                            "",
                            written,
                            written});
        }
    }

    const LintTable& table_;
    std::vector<RowCondition> all_;
};

} // namespace

bool is_date_type(std::string_view type) {
    const std::string lower = ascii_lower(type);
    return lower.find("date") != std::string::npos || lower.find("time") != std::string::npos;
}

void lint_columns(const LintTables& tables, bool show_values, std::vector<Risk>& risks) {
    for (const LintTable& table : tables.tables())
        count_row_risks(tables, table, ColumnConditions(table).all(), show_values, risks);
}

} // namespace lockstep
