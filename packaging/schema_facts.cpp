#include "packaging/schema_facts.h"

#include "payload/sql_text.h"

#include <algorithm>

namespace lockstep {
namespace {

class FactWriter {
  public:
    FactWriter(const DatabaseSchema& schema, const TableSchema& table, const FactNames& names,
               const std::set<std::string>& masked)
        : schema_(schema), table_(table), names_(names), masked_(masked),
          table_name_(names.table(table.name)) {}

    TableFacts write() {
        if (table_.is_virtual()) {
            const std::vector<SqlToken> tokens = tokens_of(table_.sql);
            const auto uses =
                std::ranges::find_if(tokens, [](const SqlToken& one) { return is_word(one, "using"); });
            facts_[{"virtual table", ""}] = normalised({uses, tokens.end()});
            return std::move(facts_);
        }
        if (table_.kind.strict) facts_[{"option", "STRICT"}] = "STRICT";
        if (table_.kind.without_rowid) facts_[{"option", "WITHOUT ROWID"}] = "WITHOUT ROWID";
        for (const SchemaColumn& one : table_.columns)
            facts_[{"column", column(one.name)}] = column_text(one);
        for (const std::string& check : table_.text.checks) add("check", expression(check), "CHECK");
        for (const std::string& conflict : table_.text.conflicts)
            add("conflict", expression(conflict), "ON CONFLICT");
        write_keys();
        write_foreign_keys();
        return std::move(facts_);
    }

  private:
    // The same CHECK may stand twice.
    void add(const std::string& kind, const std::string& name, const std::string& text) {
        std::string numbered = name;
        for (int i = 2; facts_.contains({kind, numbered}); ++i) numbered = name + " #" + std::to_string(i);
        facts_[{kind, numbered}] = text;
    }

    std::string column(const std::string& name) const {
        return ascii_lower(names_.column(ascii_lower(table_.name), ascii_lower(name)));
    }

    std::string list(const std::vector<std::string>& columns) const {
        std::string text;
        for (const std::string& one : columns) text += (text.empty() ? "" : ", ") + column(one);
        return text;
    }

    // Its columns' names as they are in the new schema.
    std::string expression(const std::string& text) const {
        std::string mapped;
        for (const SqlToken& token : tokens_of(text)) {
            const bool name = token.kind == SqlKind::word || token.kind == SqlKind::quoted_name;
            const std::string plain = ascii_lower(unquoted(token));
            const bool renamed = name && table_.column(plain) && column(plain) != plain;
            mapped += (mapped.empty() ? "" : " ") + (renamed ? column(plain) : std::string(token.text));
        }
        return mapped;
    }

    std::string column_text(const SchemaColumn& one) const {
        const std::string name = ascii_lower(one.name);
        std::string text = normalised(tokens_of(one.type));
        if (one.not_null) text += " NOT NULL";
        if (one.autoincrement) text += " AUTOINCREMENT";
        if (ascii_lower(one.collation) != "binary") text += " COLLATE " + ascii_lower(one.collation);
        if (one.hidden >= 2) text += one.hidden == 2 ? " VIRTUAL" : " STORED";
        if (const auto generated = table_.text.generated.find(name); generated != table_.text.generated.end())
            text += " AS (" + expression(generated->second) + ")";
        if (one.default_value) {
            const bool masked = masked_.contains(ascii_lower(dotted(table_name_, column(name))));
            text += masked ? " DEFAULT …" : " DEFAULT " + read_default(*one.default_value);
        }
        return text.empty() ? "without a type" : text;
    }

    void write_keys() {
        bool indexed = false;
        for (const SchemaIndex& index : table_.indexes) {
            indexed = indexed || index.origin == "pk";
            if (index.origin == "c")
                write_index(index);
            else
                add(index.origin == "pk" ? "primary key" : "unique", "(" + parts(index, {}) + ")",
                    index.origin == "pk" ? "PRIMARY KEY" : "UNIQUE");
        }
        if (const auto key = table_.key(); !key.empty() && !indexed)
            facts_[{"primary key", "(" + list(key) + ")"}] = "PRIMARY KEY, the rowid";
    }

    std::string parts(const SchemaIndex& index, const IndexText& text) const {
        std::string all;
        for (std::size_t i = 0; i < index.parts.size(); ++i) {
            const IndexPart& part = index.parts[i];
            all += i == 0 ? "" : ", ";
            if (part.column)
                all += column(*part.column);
            else if (i < text.parts.size())
                all += "(" + expression(text.parts[i]) + ")";
            if (ascii_lower(part.collation) != "binary") all += " COLLATE " + ascii_lower(part.collation);
            if (part.descending) all += " DESC";
        }
        return all;
    }

    void write_index(const SchemaIndex& index) {
        const IndexText text = read_index_text(schema_.indexes.at(ascii_lower(index.name)).sql);
        facts_[{"index", ascii_lower(index.name)}] =
            (index.unique ? "UNIQUE (" : "(") + parts(index, text) + ")" +
            (index.partial ? " WHERE " + expression(text.where) : "");
    }

    void write_foreign_keys() {
        std::size_t place = 0;
        for (const SchemaForeignKey& key : table_.foreign_keys) {
            const bool deferred = place < table_.text.deferred.size() && table_.text.deferred[place];
            ++place;
            std::string to;
            for (const std::string& one : key.to)
                to += (to.empty() ? "" : ", ") +
                      ascii_lower(names_.column(ascii_lower(key.parent), ascii_lower(one)));
            add("foreign key", "(" + list(key.from) + ")",
                "REFERENCES " + ascii_lower(names_.table(key.parent)) + " (" + to + ") ON UPDATE " +
                    key.on_update + " ON DELETE " + key.on_delete + (deferred ? " DEFERRED" : ""));
        }
    }

    const DatabaseSchema& schema_;
    const TableSchema& table_;
    const FactNames& names_;
    const std::set<std::string>& masked_;
    std::string table_name_;
    TableFacts facts_;
};

} // namespace

TableFacts table_facts(const DatabaseSchema& schema, const TableSchema& table, const FactNames& names,
                       const std::set<std::string>& masked) {
    return FactWriter(schema, table, names, masked).write();
}

std::string object_text(const std::string& sql, const FactNames& names) {
    std::string mapped;
    for (const SqlToken& token : tokens_of(sql)) {
        const bool name = token.kind == SqlKind::word || token.kind == SqlKind::quoted_name;
        const std::string plain = ascii_lower(unquoted(token));
        const std::string now = name ? ascii_lower(names.table(plain)) : plain;
        mapped += (mapped.empty() ? "" : " ") + (now != plain ? quoted_name(now) : std::string(token.text));
    }
    return normalised(tokens_of(mapped));
}

} // namespace lockstep
