#include "packaging/csv.h"

#include "payload/error.h"

#include <algorithm>
#include <array>
#include <csv.h>

namespace lockstep {
namespace {

constexpr std::size_t piece_size = 1U << 16;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string quoted_field(std::string_view value) {
    std::string text(2 * value.size() + 2, '\0'); // two quotes, and each of its own twice
    text.resize(csv_write(text.data(), text.size(), value.data(), value.size()));
    return text;
}

} // namespace

std::string csv_text(const std::vector<CsvField>& fields) {
    std::string text;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) text += ',';
        if (fields[i]) text += quoted_field(*fields[i]);
    }
    return text + "\r\n";
}

// No exception may pass through the library: it is kept, and thrown afterwards.
struct CsvReader::Parser {
    Parser() {
        // A row of one column that is NULL is an empty line, which only CSV_REPALL_NL tells.
        csv_init(&state, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL | CSV_REPALL_NL);
    }
    ~Parser() { csv_free(&state); }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    void add_field(const char* text, std::size_t size) {
        row.fields.push_back(text ? CsvField(std::string(text, size)) : CsvField());
        if (text) line += static_cast<std::size_t>(std::count(text, text + size, '\n'));
    }

    // `end`: the character that ended the row, or -1 at the end of the file.
    void end_row(int end) {
        const bool second_half = end == CSV_LF && last_end == CSV_CR && row.fields.empty();
        last_end = end;
        if (second_half) return;
        if (row.fields.empty()) row.fields.emplace_back(); // an empty line
        const std::size_t next_line = line + 1;
        row.line = first_line;
        rows.push_back(std::move(row));
        row = {};
        line = first_line = next_line;
    }

    static void on_field(void* text, std::size_t size, void* parser) {
        static_cast<Parser*>(parser)->keep_failure(
            [&](Parser& self) { self.add_field(static_cast<const char*>(text), size); });
    }
    static void on_row(int end, void* parser) {
        static_cast<Parser*>(parser)->keep_failure([&](Parser& self) { self.end_row(end); });
    }

    template <typename Call> void keep_failure(Call call) {
        try {
            if (!failure) call(*this);
        } catch (...) {
            failure = std::current_exception();
        }
    }

    csv_parser state{};
    CsvRow row;
    std::deque<CsvRow> rows; // read, and not asked for yet
    std::size_t line = 1;
    std::size_t first_line = 1; // of the row that is being read
    int last_end = 0;
    bool ended = false;
    std::exception_ptr failure;
};

CsvReader::CsvReader(const std::string& path)
    : path_(path), file_(system_files().open(path)), parser_(std::make_unique<Parser>()) {
    std::array<std::byte, byte_order_mark.size()> head{};
    if (file_->size() < head.size()) return;
    file_->read(0, head);
    if (text_of(head) == byte_order_mark) offset_ = head.size();
}

CsvReader::~CsvReader() = default;

std::string CsvReader::place(std::size_t line) const {
    return path_ + ", line " + std::to_string(line);
}

bool CsvReader::next(CsvRow& row) {
    while (parser_->rows.empty() && !parser_->ended) read_piece();
    if (parser_->rows.empty()) return false;
    row = std::move(parser_->rows.front());
    parser_->rows.pop_front();
    return true;
}

void CsvReader::read_piece() {
    Parser& parser = *parser_;
    const std::size_t size = std::min<std::uint64_t>(piece_size, file_->size() - offset_);
    std::vector<std::byte> piece(size);
    file_->read(offset_, piece);
    offset_ += size;
    const std::size_t parsed =
        csv_parse(&parser.state, piece.data(), size, &Parser::on_field, &Parser::on_row, &parser);
    bool sound = parsed == size;
    if (sound && size == 0) {
        parser.ended = true;
        sound = csv_fini(&parser.state, &Parser::on_field, &Parser::on_row, &parser) == 0;
    }
    if (parser.failure) std::rethrow_exception(parser.failure);
    if (sound) return;
    const bool memory = csv_error(&parser.state) == CSV_ENOMEM;
    throw Error(memory ? Code::internal_error : Code::wrong_usage, "read", place(parser.first_line),
                memory         ? "out of memory"
                : parser.ended ? "the file ends within quotes that begin in this row"
                               : "a quote stands where none may be: within a value a quote is written twice, "
                                 "and the value stands in quotes");
}

} // namespace lockstep
