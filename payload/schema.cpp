#include "payload/schema.h"

#include "payload/digest.h"
#include "payload/schema_reader.h"
#include "payload/schema_text.h"
#include "payload/sql_text.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace lockstep {
namespace {

bool matches_any(const std::vector<std::string>& patterns, const std::string& lower_name) {
    return std::ranges::any_of(patterns, [&](const std::string& pattern) {
        return sqlite3_strglob(ascii_lower(pattern).c_str(), lower_name.c_str()) == 0;
    });
}

std::string normal_text(std::string_view sql) {
    return normalised(tokens_of(sql));
}

std::string names_in_order(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + ascii_lower(name);
    return "(" + text + ")";
}

// The text of one object, a fact a line, from which its digest is made.
class Description {
  public:
    explicit Description(std::string first) { add(std::move(first)); }
    void add(std::string line) { lines_.push_back(std::move(line)); }

    std::string digest() {
        std::ranges::sort(lines_); // the order of columns, keys and constraints doesn't count
        std::string all;
        for (const std::string& line : lines_) all += line + "\n";
        return sha256(all);
    }

  private:
    std::vector<std::string> lines_;
};

class Fingerprinter {
  public:
    Fingerprinter(Database& database, const std::string& schema, const SchemaOptions& options)
        : reader_(database, schema), options_(options), kinds_(reader_.table_kinds()) {}

    Fingerprint fingerprint() {
        for (const SchemaObject& object : reader_.objects())
            if (counts(object)) describe(object);
        std::string all;
        for (const auto& [name, digest] : fingerprint_.objects)
            all.append(name).append(" ").append(digest).append("\n");
        fingerprint_.sha256 = sha256(all);
        return std::move(fingerprint_);
    }

  private:
    bool counts(const SchemaObject& object) const {
        const std::string table = ascii_lower(object.table);
        if (table.starts_with("sqlite_") || matches_any(options_.ignore_tables, table)) return false;
        const auto kind = kinds_.find(table);
        return kind == kinds_.end() || kind->second.type != "shadow";
    }

    void describe(const SchemaObject& object) {
        const std::string name = object.type + " " + ascii_lower(object.name);
        if (object.type == "table")
            describe_table(name, object);
        else if (object.type == "index")
            index_texts_[object.name] = object.sql; // comes before its table, which describes it
        else
            fingerprint_.objects[name] = sha256(normal_text(object.sql));
    }

    void describe_table(const std::string& name, const SchemaObject& table) {
        const SchemaTableKind kind = kinds_[ascii_lower(table.name)];
        if (kind.type == "virtual") {
            fingerprint_.objects[name] = sha256(normal_text(table.sql));
            return;
        }
        const TableText text = read_table_text(table.sql);
        Description description(name + (kind.without_rowid ? " without rowid" : "") +
                                (kind.strict ? " strict" : ""));
        for (const std::string& check : text.checks) description.add("check (" + check + ")");
        for (const std::string& conflict : text.conflicts) description.add(conflict);
        const std::vector<SchemaColumn> columns = reader_.columns(table.name);
        for (const SchemaColumn& column : columns) description.add(column_line(table.name, column, text));
        describe_keys(table, columns, description);
        describe_foreign_keys(table.name, text, description);
        fingerprint_.objects[name] = description.digest();
    }

    std::string column_line(const std::string& table, const SchemaColumn& column,
                            const TableText& text) const {
        const std::string name = ascii_lower(column.name);
        std::string line = "column " + name + " " + normal_text(column.type);
        if (column.not_null) line += " not null";
        if (column.autoincrement) line += " autoincrement";
        line += " collate " + ascii_lower(column.collation);
        if (column.hidden != 0) line += " hidden " + std::to_string(column.hidden);
        if (const auto generated = text.generated.find(name); generated != text.generated.end())
            line += " as (" + generated->second + ")";
        if (!column.default_value) return line;
        const bool masked = matches_any(options_.mask_defaults, ascii_lower(table) + "." + name);
        return line + " default" + (masked ? "" : " " + read_default(*column.default_value));
    }

    void describe_keys(const SchemaObject& table, const std::vector<SchemaColumn>& columns,
                       Description& description) {
        bool key_has_index = false;
        for (const SchemaIndex& index : reader_.indexes(table.name)) {
            key_has_index = key_has_index || index.origin == "pk";
            if (index.origin == "c")
                describe_index(table.name, index);
            else
                description.add((index.origin == "pk" ? "primary key (" : "unique (") +
                                parts_text(index, {}) + ")");
        }
        const std::vector<std::string> key = key_columns(columns);
        if (!key.empty() && !key_has_index)
            description.add("primary key is the rowid " + names_in_order(key));
    }

    static std::vector<std::string> key_columns(const std::vector<SchemaColumn>& columns) {
        std::vector<std::pair<int, std::string>> placed;
        for (const SchemaColumn& column : columns)
            if (column.key_position > 0) placed.emplace_back(column.key_position, column.name);
        std::ranges::sort(placed);
        std::vector<std::string> names;
        names.reserve(placed.size());
        for (const auto& [position, name] : placed) names.push_back(name);
        return names;
    }

    static std::string parts_text(const SchemaIndex& index, const IndexText& text) {
        std::string all;
        for (std::size_t i = 0; i < index.parts.size(); ++i) {
            const IndexPart& part = index.parts[i];
            all += i == 0 ? "" : ", ";
            if (part.column)
                all += ascii_lower(*part.column);
            else if (i < text.parts.size())
                all += "(" + text.parts[i] + ")";
            all += " collate " + ascii_lower(part.collation) + (part.descending ? " desc" : "");
        }
        return all;
    }

    void describe_index(const std::string& table, const SchemaIndex& index) {
        const IndexText text = read_index_text(index_texts_[index.name]);
        fingerprint_.objects["index " + ascii_lower(index.name)] =
            sha256(std::string(index.unique ? "unique " : "") + "on " + ascii_lower(table) + " (" +
                   parts_text(index, text) + ")" + (index.partial ? " where " + text.where : ""));
    }

    void describe_foreign_keys(const std::string& table, const TableText& text, Description& description) {
        std::size_t place = 0;
        for (const SchemaForeignKey& key : reader_.foreign_keys(table)) {
            const bool deferred = place < text.deferred.size() && text.deferred[place];
            ++place;
            const std::vector<std::string> to =
                key.to.empty() ? key_columns(reader_.columns(key.parent)) : key.to;
            description.add("foreign key " + names_in_order(key.from) + " references " +
                            ascii_lower(key.parent) + names_in_order(to) + " on update " + key.on_update +
                            " on delete " + key.on_delete + (deferred ? " deferred" : ""));
        }
    }

    SchemaReader reader_;
    const SchemaOptions& options_;
    std::map<std::string, SchemaTableKind> kinds_;
    std::map<std::string, std::string> index_texts_;
    Fingerprint fingerprint_;
};

std::string said_of(const std::string& object, const std::map<std::string, std::string>& expected,
                    const std::map<std::string, std::string>& found) {
    if (!found.contains(object)) return object + " is missing";
    if (!expected.contains(object)) return object + " is not part of the release";
    return object + " is not as released";
}

} // namespace

Fingerprint fingerprint_of(Database& database, const std::string& schema, const SchemaOptions& options) {
    return Fingerprinter(database, schema, options).fingerprint();
}

std::vector<std::string> schema_differences(const Fingerprint& expected, const Fingerprint& found) {
    std::map<std::string, std::string> all = expected.objects;
    all.insert(found.objects.begin(), found.objects.end());
    std::vector<std::string> differences;
    for (const auto& [object, digest] : all) {
        const auto one = expected.objects.find(object);
        const auto other = found.objects.find(object);
        const bool same =
            one != expected.objects.end() && other != found.objects.end() && one->second == other->second;
        if (!same) differences.push_back(said_of(object, expected.objects, found.objects));
    }
    return differences;
}

} // namespace lockstep
