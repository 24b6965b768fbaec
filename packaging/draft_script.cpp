#include "packaging/draft_script.h"

#include "packaging/virtual_tables.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <map>
#include <optional>

namespace lockstep {
namespace {

constexpr std::size_t line_limit = 110;

// CREATE TABLE as the new database has it, for a table that has another name while it is built. SQLite keeps
// the text from the name on, after "CREATE TABLE " or "CREATE VIRTUAL TABLE ".
std::string created_as(const TableSchema& table, const std::string& name) {
    const std::vector<SqlToken> tokens = tokens_of(table.sql);
    const std::size_t place = table.is_virtual() ? 3 : 2;
    std::string sql;
    const char* copied = table.sql.data();
    for (std::size_t i = place; i < tokens.size(); ++i) {
        const SqlToken& token = tokens[i];
        const bool qualifies = i > place && i + 1 < tokens.size() && is_sign(tokens[i + 1], ".") &&
                               !is_sign(tokens[i - 1], ".") &&
                               ascii_lower(unquoted(token)) == ascii_lower(table.name);
        if (i != place && !qualifies) continue;
        sql.append(copied, token.text.data());
        sql += quoted_name(name);
        copied = token.text.data() + token.text.size();
    }
    return as_statement(sql.append(copied, table.sql.data() + table.sql.size()));
}

// Items after each other, the lines not too long.
std::string wrapped(const std::vector<std::string>& items) {
    std::string text;
    std::string line = "   ";
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::string item = " " + items[i] + (i + 1 < items.size() ? "," : "");
        if (line.size() + item.size() > line_limit && line.size() > 4) {
            text += line + "\n";
            line = "   ";
        }
        line += item;
    }
    return text + line;
}

class ScriptWriter {
  public:
    ScriptWriter(const DraftInput& input, const DraftPlan& plan) : input_(input), plan_(plan) {
        for (const auto& [name, table] : input.older.tables) occupied_.insert(name);
    }

    std::string write(const std::string& head) {
        sql_ = as_comment(head);
        write_refusal();
        write_offers();
        if (!plan_.sections.empty() || objects_differ()) drop_objects();
        for (const std::string& table : plan_.copies)
            sql_ += "CREATE TEMP TABLE " + quoted_name(copy_name(table)) + " AS SELECT * FROM main." +
                    quoted_name(input_.older.table(table)->name) + ";\n";
        for (const TableSection& section : plan_.sections) {
            begins_.push_back(sql_.size());
            write_section(section);
        }
        begins_.push_back(sql_.size());
        write_open(plan_.open);
        if (!plan_.sections.empty() || objects_differ()) create_objects();
        write_pragmas();
        if (!open_decisions(plan_).empty())
            sql_ +=
                "\n-- A decision is open: whatever ran is taken back. Remove this with the first statement.\n"
                "ROLLBACK;\n";
        return std::move(sql_);
    }

    // Where each section begins in the text, and where the last one ends.
    const std::vector<std::size_t>& begins() const { return begins_; }

  private:
    void write_refusal() {
        const std::size_t open = open_decisions(plan_).size();
        if (open == 0) return;
        sql_ += "\nBEGIN;\nSELECT require(0, " +
                quoted_text("decide: " + std::to_string(open) + (open == 1 ? " place" : " places") +
                            " in this draft marked DECIDE") +
                ");\n";
    }

    void write_offers() {
        for (const std::string& offer : plan_.offers)
            sql_ += "\n" + as_comment("Not done, because it is not certain enough: " + offer);
    }

    bool objects_differ() const {
        return differ(input_.older.indexes, input_.newer.indexes) ||
               differ(input_.older.triggers, input_.newer.triggers) ||
               differ(input_.older.views, input_.newer.views);
    }

    static bool differ(const std::map<std::string, SchemaObject>& one,
                       const std::map<std::string, SchemaObject>& other) {
        return !std::ranges::equal(one, other, [](const auto& a, const auto& b) {
            return a.first == b.first &&
                   normalised(tokens_of(a.second.sql)) == normalised(tokens_of(b.second.sql));
        });
    }

    bool is_rebuilt(const std::string& table, bool old_side) const {
        return std::ranges::any_of(plan_.sections, [&](const TableSection& section) {
            const TableSchema* one = old_side ? section.older : section.newer;
            return one && ascii_lower(one->name) == ascii_lower(table);
        });
    }

    static const SchemaObject* same_object(const SchemaObject& object,
                                           const std::map<std::string, SchemaObject>& others) {
        const auto found = others.find(ascii_lower(object.name));
        const bool same = found != others.end() &&
                          normalised(tokens_of(found->second.sql)) == normalised(tokens_of(object.sql));
        return same ? &found->second : nullptr;
    }

    // An index stays where its table does.
    bool stays(const SchemaObject& index, const std::map<std::string, SchemaObject>& others,
               bool old_side) const {
        return same_object(index, others) && !is_rebuilt(index.table, old_side);
    }

    // It goes with its table, but maybe too late: a table can't have the name of an index.
    bool goes_in_time(const SchemaObject& index) const {
        return is_rebuilt(index.table, true) && !input_.newer.table(index.name);
    }

    // SQLite refuses to rename a table while a view or trigger speaks of one that isn't there.
    void drop_objects() {
        std::string drops;
        for (const auto& [name, trigger] : input_.older.triggers)
            drops += "DROP TRIGGER " + quoted_name(trigger.name) + ";\n";
        for (const auto& [name, view] : input_.older.views)
            drops += "DROP VIEW " + quoted_name(view.name) + ";\n";
        for (const auto& [name, index] : input_.older.indexes)
            if (!stays(index, input_.newer.indexes, true) && !goes_in_time(index))
                drops += "DROP INDEX " + quoted_name(index.name) + ";\n";
        if (!drops.empty()) sql_ += "\n-- Made again at the end, as the new version has them.\n" + drops;
    }

    void create_objects() {
        std::string creates;
        for (const auto& [name, index] : input_.newer.indexes)
            if (!stays(index, input_.older.indexes, false)) creates += as_statement(index.sql);
        for (const auto& [name, view] : input_.newer.views) creates += as_statement(view.sql);
        // Also from views.
        for (const std::string& fts : full_text_to_fill())
            creates +=
                "INSERT INTO " + quoted_name(fts) + " (" + quoted_name(fts) + ") VALUES ('rebuild');\n";
        for (const auto& [name, trigger] : input_.newer.triggers) creates += as_statement(trigger.sql);
        if (!creates.empty()) sql_ += "\n-- Indexes, views and triggers of the new version.\n" + creates;
    }

    // Full-text indexes of another table's rows, made or changed here, or whose table is.
    std::vector<std::string> full_text_to_fill() const {
        std::vector<std::string> names;
        for (const auto& [name, table] : input_.newer.tables)
            if (const auto content = content_table(table); content && !content->empty())
                if (is_rebuilt(name, false) || is_rebuilt(*content, false)) names.push_back(table.name);
        return names;
    }

    std::string free_name(const std::string& name) const {
        std::string made = name + "_new";
        while (occupied_.contains(ascii_lower(made)) || input_.newer.table(made) ||
               input_.older.indexes.contains(ascii_lower(made)))
            made += "_new";
        return made;
    }

    void write_section(const TableSection& section) {
        const TableSchema* newer = section.newer;
        sql_ += "\n" + as_comment(newer ? newer->name + (section.older ? "" : ": new")
                                        : section.older->name + ": gone");
        for (const std::string& note : section.notes) sql_ += as_comment(note);
        write_open(section.open);
        for (const std::string& guard : section.guards) sql_ += guard + "\n";
        const std::string built = newer ? build(section) : "";
        if (section.older) {
            sql_ += "DROP TABLE " + quoted_name(section.older->name) + ";\n";
            occupied_.erase(ascii_lower(section.older->name));
        }
        if (newer && built != newer->name) waiting_.emplace_back(built, newer->name);
        rename_what_can_be();
    }

    void write_open(const std::vector<std::string>& open) {
        for (const std::string& decision : open) {
            sql_ += as_comment("DECIDE: " + decision);
            sql_ += "SELECT require(0, " + quoted_text("decide: " + decision.substr(0, decision.find('\n'))) +
                    ");\n";
        }
    }

    // Returns the name under which the table is there now.
    std::string build(const TableSection& section) {
        const TableSchema& newer = *section.newer;
        const bool taken = occupied_.contains(ascii_lower(newer.name));
        std::string name = taken ? free_name(newer.name) : newer.name;
        occupied_.insert(ascii_lower(name));
        sql_ += created_as(newer, name);
        if (has_autoincrement(newer)) keep_highest_key(section, name);
        for (const RowSource& source : section.sources) write_source(source, name);
        return name;
    }

    // A key that was given out once is never given out again, be its row long gone.
    void keep_highest_key(const TableSection& section, const std::string& name) {
        std::string names;
        const auto add = [&names](const TableSchema& table) {
            if (has_autoincrement(table)) names += (names.empty() ? "" : ", ") + quoted_text(table.name);
        };
        if (section.older) add(*section.older);
        for (const std::string& merged : section.merged) add(*input_.older.table(merged));
        if (!names.empty())
            sql_ += "INSERT INTO sqlite_sequence (name, seq) SELECT " + quoted_text(name) +
                    ", max(seq) FROM sqlite_sequence WHERE name IN (" + names + ") HAVING count(*) > 0;\n";
    }

    static bool has_autoincrement(const TableSchema& table) {
        return std::ranges::any_of(table.columns, [](const SchemaColumn& one) { return one.autoincrement; });
    }

    void write_source(const RowSource& source, const std::string& name) {
        if (source.fills.empty()) return;
        std::vector<std::string> columns;
        std::vector<std::string> values;
        for (const auto& [column, value] : source.fills) {
            columns.push_back(quoted_name(column));
            values.push_back(value);
        }
        if (!source.note.empty()) sql_ += as_comment(source.note);
        sql_ += "INSERT INTO " + quoted_name(name) + " (\n" + wrapped(columns) + ")\nSELECT\n" +
                wrapped(values) + "\nFROM " + source.from +
                (source.where.empty() ? "" : "\nWHERE " + source.where) + ";\n";
    }

    // Tables that exchange names wait until the name is free.
    void rename_what_can_be() {
        for (auto one = waiting_.begin(); one != waiting_.end();) {
            if (occupied_.contains(ascii_lower(one->second))) {
                ++one;
                continue;
            }
            sql_ +=
                "ALTER TABLE " + quoted_name(one->first) + " RENAME TO " + quoted_name(one->second) + ";\n";
            occupied_.erase(ascii_lower(one->first));
            occupied_.insert(ascii_lower(one->second));
            one = waiting_.erase(one);
        }
    }

    void write_pragmas() {
        if (input_.older.user_version != input_.newer.user_version)
            sql_ += "\nPRAGMA user_version = " + std::to_string(input_.newer.user_version) + ";\n";
        if (input_.older.application_id != input_.newer.application_id)
            sql_ += "\nPRAGMA application_id = " + std::to_string(input_.newer.application_id) + ";\n";
    }

    const DraftInput& input_;
    const DraftPlan& plan_;
    std::set<std::string> occupied_;                           // names of tables that are there now
    std::vector<std::pair<std::string, std::string>> waiting_; // built under a name, to be renamed
    std::vector<std::size_t> begins_;
    std::string sql_;
};

} // namespace

std::vector<std::string> open_decisions(const DraftPlan& plan) {
    std::vector<std::string> open;
    for (const TableSection& section : plan.sections)
        open.insert(open.end(), section.open.begin(), section.open.end());
    open.insert(open.end(), plan.open.begin(), plan.open.end());
    return open;
}

void open_at(const DraftInput& input, DraftPlan& plan, const std::string& head, int line,
             const std::string& decision) {
    ScriptWriter writer(input, plan);
    const std::string script = writer.write(head);
    std::size_t at = 0;
    for (int i = 1; i < line && at < script.size(); ++i) at = script.find('\n', at) + 1;
    const auto next = std::ranges::upper_bound(writer.begins(), at);
    if (next == writer.begins().begin() || next == writer.begins().end())
        return plan.open.push_back(decision);
    TableSection& section = plan.sections[static_cast<std::size_t>(next - writer.begins().begin() - 1)];
    section.open.push_back((section.newer ? section.newer : section.older)->name + ": " + decision);
}

std::string draft_script(const DraftInput& input, const DraftPlan& plan, const std::string& head) {
    return ScriptWriter(input, plan).write(head);
}

std::string as_comment(const std::string& text) {
    std::string comment;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string line = text.substr(begin, end - begin);
        comment += line.empty() ? "--\n" : "-- " + line + "\n";
        begin = end + 1;
    }
    return comment;
}

} // namespace lockstep
