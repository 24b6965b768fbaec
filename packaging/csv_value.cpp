#include "packaging/csv_value.h"

#include "payload/digest.h"
#include "payload/error.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <sqlite3.h>
#include <utf8proc.h>

namespace lockstep {
namespace {

constexpr std::string_view blob_word = "blob:";
constexpr std::string_view text_word = "text:";
constexpr std::string_view text_bytes_word = "text-bytes:";
constexpr std::string_view integer_word = "integer:";
constexpr std::string_view real_word = "real:";
constexpr std::array words{blob_word, text_word, text_bytes_word, integer_word, real_word};

std::string_view word_of(std::string_view field) {
    for (const std::string_view word : words)
        if (field.starts_with(word)) return word;
    return {};
}

bool is_plain_text(std::string_view text) {
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    for (std::size_t at = 0; at < text.size();) {
        utf8proc_int32_t point = 0;
        const auto used =
            utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
        if (used <= 0 || point == 0) return false;
        at += static_cast<std::size_t>(used);
    }
    return true;
}

// The shortest text that brings back the same bits.
std::string text_of_real(double value) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    std::string text(digits.data(), end);
    // Else it would be taken for an integer.
    if (std::isfinite(value) && text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

template <typename Number> std::optional<Number> number_of(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

// A number with a point or an exponent. "inf" and "nan" are words: in a field of their own they are text.
std::optional<double> plain_real(std::string_view text) {
    if (text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return std::nullopt;
    if (text.find_first_of(".eE") == std::string_view::npos) return std::nullopt;
    return number_of<double>(text);
}

std::optional<std::string> bytes_of_hex(std::string_view hex) {
    if (hex.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t at = 0; at < hex.size(); at += 2) {
        unsigned value = 0;
        const char* const pair = hex.data() + at;
        const auto [end, error] = std::from_chars(pair, pair + 2, value, 16);
        if (error != std::errc() || end != pair + 2) return std::nullopt;
        bytes += static_cast<char>(value);
    }
    return bytes;
}

// A value as SQLite has it, on its way to a statement.
struct Value {
    int storage_class = SQLITE_NULL;
    std::int64_t integer = 0;
    double real = 0;
    std::string bytes; // of text, or of a blob
};

Value value_of(const Statement& row, int column) {
    sqlite3_stmt* const statement = row.handle();
    Value value{sqlite3_column_type(statement, column), 0, 0, {}};
    if (value.storage_class == SQLITE_INTEGER) value.integer = row.integer(column);
    if (value.storage_class == SQLITE_FLOAT) value.real = row.real(column);
    if (value.storage_class == SQLITE_TEXT) value.bytes = row.text(column);
    if (value.storage_class == SQLITE_BLOB) {
        const auto* blob = static_cast<const char*>(sqlite3_column_blob(statement, column));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
        if (size > 0 && !blob) throw Error(Code::internal_error, "read", row.name(column), "out of memory");
        if (size > 0) value.bytes.assign(blob, size);
    }
    return value;
}

int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
    switch (value.storage_class) {
    case SQLITE_INTEGER:
        return sqlite3_bind_int64(statement, index, value.integer);
    case SQLITE_FLOAT:
        return sqlite3_bind_double(statement, index, value.real);
    case SQLITE_TEXT:
        return sqlite3_bind_text64(statement, index, value.bytes.data(), value.bytes.size(), SQLITE_TRANSIENT,
                                   SQLITE_UTF8);
    case SQLITE_BLOB:
        return sqlite3_bind_blob64(statement, index, value.bytes.data(), value.bytes.size(),
                                   SQLITE_TRANSIENT);
    default:
        return sqlite3_bind_null(statement, index);
    }
}

bool same_bits(double left, double right) {
    return std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right);
}

bool is_same(const Value& left, const Value& right) {
    return left.storage_class == right.storage_class && left.integer == right.integer &&
           same_bits(left.real, right.real) && left.bytes == right.bytes;
}

std::string marked_field(const Value& value) {
    switch (value.storage_class) {
    case SQLITE_INTEGER:
        return std::string(integer_word) + std::to_string(value.integer);
    case SQLITE_FLOAT:
        return std::string(real_word) + text_of_real(value.real);
    case SQLITE_BLOB:
        return std::string(blob_word) + to_hex(bytes_of(value.bytes));
    default:
        if (!is_plain_text(value.bytes)) return std::string(text_bytes_word) + to_hex(bytes_of(value.bytes));
        return std::string(text_word) + value.bytes;
    }
}

std::string plain_field(const Value& value) {
    if (value.storage_class == SQLITE_INTEGER) return std::to_string(value.integer);
    if (value.storage_class == SQLITE_FLOAT) return text_of_real(value.real);
    return value.bytes;
}

// What a marked field says; nothing where its own word doesn't hold.
std::optional<Value> marked_value(std::string_view word, std::string_view rest) {
    if (word == text_word) return Value{SQLITE_TEXT, 0, 0, std::string(rest)};
    if (word == integer_word) {
        const auto number = number_of<std::int64_t>(rest);
        return number ? std::optional(Value{SQLITE_INTEGER, *number, 0, {}}) : std::nullopt;
    }
    if (word == real_word) {
        const auto number = number_of<double>(rest);
        return number ? std::optional(Value{SQLITE_FLOAT, 0, *number, {}}) : std::nullopt;
    }
    auto bytes = bytes_of_hex(rest);
    if (!bytes) return std::nullopt;
    return Value{word == blob_word ? SQLITE_BLOB : SQLITE_TEXT, 0, 0, std::move(*bytes)};
}

// Bit for bit, but that "2" in a REAL column is 2.0, and "2.0" in an INTEGER column 2.
bool is_same_number(std::int64_t whole, double real) {
    constexpr double limit = 9223372036854775808.0;
    return real >= -limit && real < limit && static_cast<std::int64_t>(real) == whole &&
           same_bits(static_cast<double>(whole), real);
}

// Whether a value is what a field without a word says.
bool is_plain_value(const Value& value, const std::string& field) {
    if (plain_field(value) == field) return true;
    const auto whole = number_of<std::int64_t>(field);
    if (value.storage_class == SQLITE_FLOAT)
        return whole && std::to_string(*whole) == field && is_same_number(*whole, value.real);
    const auto real = plain_real(field);
    return value.storage_class == SQLITE_INTEGER && real && text_of_real(*real) == field &&
           is_same_number(value.integer, *real);
}

const char* storage_class_name(int storage_class) {
    constexpr std::array names{"NULL", "an integer", "a real number", "text", "a blob", "NULL"};
    return names.at(static_cast<std::size_t>(storage_class));
}

Value read_marked(std::string_view word, std::string_view field, const std::string& place) {
    const std::string_view rest = field.substr(word.size());
    if (auto value = marked_value(word, rest)) return std::move(*value);
    throw Error(Code::wrong_usage, "read", place,
                "after \"" + std::string(word) + "\" stands \"" + cut_text(rest, 60) + "\"");
}

} // namespace

// A table of one such column, to see what SQLite makes of a value there.
class CsvColumn::Probe {
  public:
    Probe(bool strict, const std::string& type)
        : database_(made(strict, type)), insert_(database_.prepare("INSERT INTO probe VALUES(?)")),
          look_(database_.prepare("SELECT value FROM probe")), empty_(database_.prepare("DELETE FROM probe")),
          keeps_text_(stored({SQLITE_TEXT, 0, 0, "1"}).storage_class == SQLITE_TEXT),
          makes_integers_(stored({SQLITE_TEXT, 0, 0, "1"}).storage_class == SQLITE_INTEGER) {}

    Value stored(const Value& value) {
        empty_.step();
        empty_.reset();
        if (bind_value(insert_.handle(), 1, value) != SQLITE_OK)
            throw Error(Code::internal_error, "look at", "a value", "out of memory");
        insert_.step();
        insert_.reset();
        look_.step();
        Value found = value_of(look_, 0);
        look_.reset();
        return found;
    }

    // Whether a plain field is read as a number.
    bool takes_numbers() const { return !keeps_text_; }
    bool keeps_text() const { return keeps_text_; }
    bool makes_integers() const { return makes_integers_; }

  private:
    // Of a STRICT table's types only ANY is another one elsewhere; and as a name in quotes no type can break
    // the SQL.
    static Database made(bool strict, const std::string& type) {
        Database database(":memory:", OpenMode::create);
        const bool any = strict && ascii_lower(type) == "any";
        database.run("CREATE TABLE probe(value " + (any || type.empty() ? "" : quoted_name(type)) + ")");
        return database;
    }

    Database database_;
    Statement insert_;
    Statement look_;
    Statement empty_;
    bool keeps_text_;
    bool makes_integers_;
};

CsvColumn::CsvColumn(const TableSchema& table, const SchemaColumn& column)
    : name_(column.name), place_(dotted(table.name, column.name)),
      probe_(std::make_unique<Probe>(table.kind.strict, column.type)) {}

CsvColumn::~CsvColumn() = default;
CsvColumn::CsvColumn(CsvColumn&&) noexcept = default;

CsvField CsvColumn::field(const Statement& row, int column) const {
    const Value value = value_of(row, column);
    if (value.storage_class == SQLITE_NULL) return std::nullopt;
    if (value.storage_class == SQLITE_BLOB) return marked_field(value);
    const bool text = value.storage_class == SQLITE_TEXT;
    // These are all that a sound column holds; anything else is asked of SQLite.
    const bool certain =
        text ? probe_->keeps_text() : value.storage_class == SQLITE_INTEGER && probe_->makes_integers();
    if (!certain && !is_same(probe_->stored(value), value))
        throw Error(Code::wrong_usage, "export", place_,
                    "it holds " + std::string(storage_class_name(value.storage_class)) + ", " +
                        row.shown(column) + ", that the column would make " +
                        storage_class_name(probe_->stored(value).storage_class) +
                        " of: the column's type was edited after it was written")
            .advise("Rebuild the table first, so that its values are those of its columns.");
    const bool marked = text ? !word_of(value.bytes).empty() || !is_plain_text(value.bytes)
                             : probe_->keeps_text() || !std::isfinite(value.real);
    return marked ? marked_field(value) : plain_field(value);
}

void CsvColumn::bind(Statement& statement, int index, const CsvField& field, const std::string& place) const {
    Value value;
    if (field) {
        const std::string_view word = word_of(*field);
        if (!word.empty())
            value = read_marked(word, *field, place + ", column " + name_);
        else if (const auto real = probe_->takes_numbers() ? plain_real(*field) : std::nullopt)
            value = {SQLITE_FLOAT, 0, *real, {}}; // SQLite's own reading of it may be a bit off
        else
            value = {SQLITE_TEXT, 0, 0, *field};
    }
    if (bind_value(statement.handle(), index, value) != SQLITE_OK)
        throw Error(Code::internal_error, "import", place, "the value is too large, or there is no memory");
}

void CsvColumn::require_arrived(const Statement& row, int column, const CsvField& field,
                                const std::string& place) const {
    const Value value = value_of(row, column);
    const std::string_view word = field ? word_of(*field) : std::string_view();
    const bool arrived = !field         ? value.storage_class == SQLITE_NULL
                         : word.empty() ? is_plain_value(value, *field)
                                        : is_same(value, read_marked(word, *field, place));
    if (arrived) return;
    throw Error(Code::wrong_usage, "import", place + ", column " + name_,
                place_ + " would make " + storage_class_name(value.storage_class) + " of " +
                    (field ? "\"" + cut_text(*field, 60) + "\"" : "NULL") + ": " + row.shown(column))
        .advise("Give the column a type that keeps the value, or write in the file what it should hold.");
}

namespace {

bool is_generated(const SchemaColumn& column) {
    return column.hidden >= 2;
}

} // namespace

std::vector<CsvColumn> csv_columns(const TableSchema& table) {
    std::vector<CsvColumn> columns;
    for (const SchemaColumn& column : table.columns)
        if (!is_generated(column)) columns.emplace_back(table, column);
    return columns;
}

std::vector<CsvColumn> named_columns(CsvReader& reader, const TableSchema& table) {
    CsvRow row;
    if (!reader.next(row))
        throw Error(Code::wrong_usage, "import", reader.place(1),
                    "the first row names the columns, and there is none");
    std::vector<CsvColumn> columns;
    for (const CsvField& field : row.fields) {
        const auto refuse = [&](const std::string& cause) {
            throw Error(Code::wrong_usage, "import", reader.place(row.line), cause);
        };
        const SchemaColumn* column = field ? table.column(*field) : nullptr;
        if (!column) refuse("the table " + table.name + " has no column '" + field.value_or("") + "'");
        if (is_generated(*column)) refuse("the column " + column->name + " is generated from others");
        if (std::ranges::any_of(columns, [&](const CsvColumn& one) { return one.name() == column->name; }))
            refuse("the column " + column->name + " is named twice");
        columns.emplace_back(table, *column);
    }
    return columns;
}

} // namespace lockstep
