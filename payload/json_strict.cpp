#include "payload/json_strict.h"

#include "payload/error.h"

#include <cmath>

namespace lockstep {
namespace {

// Builds the value, and refuses on the way.
class StrictBuilder : public nlohmann::json_sax<Json> {
  public:
    explicit StrictBuilder(const std::string& document) : document_(document) {}
    Json take() { return std::move(root_); }

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(std::int64_t value) override {
        if (value < -static_cast<std::int64_t>(json_number_limit)) refuse("a number is beyond 2^53");
        return put(value);
    }
    bool number_unsigned(std::uint64_t value) override {
        if (value > json_number_limit) refuse("a number is beyond 2^53");
        return put(value);
    }
    bool number_float(double value, const std::string& /*text*/) override {
        if (!(std::abs(value) <= static_cast<double>(json_number_limit))) refuse("a number is beyond 2^53");
        return put(value);
    }
    // Copied, not moved: the reader's own buffer may be far larger than the text.
    bool string(std::string& value) override { return put(std::string(value)); }
    bool binary(Json::binary_t& /*value*/) override { refuse("it holds binary data"); }
    bool start_object(std::size_t /*size*/) override { return enter(Json::object()); }
    bool start_array(std::size_t /*size*/) override { return enter(Json::array()); }
    bool end_object() override { return leave(); }
    bool end_array() override { return leave(); }
    bool key(std::string& name) override {
        const auto [place, added] = open_.back()->emplace(std::string(name), nullptr);
        if (!added) refuse("the key '" + name + "' stands twice in one object");
        slot_ = &*place;
        return true;
    }
    bool parse_error(std::size_t position, const std::string& /*token*/, const Json::exception&) override {
        refuse("it is no valid JSON near byte " + std::to_string(position));
    }

  private:
    Json* place(Json&& value) {
        if (++values_ > json_value_limit) refuse("it has more than 2,000,000 values");
        if (open_.empty()) return &(root_ = std::move(value));
        if (open_.back()->is_array()) {
            open_.back()->push_back(std::move(value));
            return &open_.back()->back();
        }
        *slot_ = std::move(value);
        return slot_;
    }
    bool put(Json&& value) {
        place(std::move(value));
        return true;
    }
    bool enter(Json&& value) {
        if (open_.size() == json_depth_limit)
            refuse("it is nested deeper than " + std::to_string(json_depth_limit));
        open_.push_back(place(std::move(value)));
        return true;
    }
    bool leave() {
        open_.pop_back();
        return true;
    }
    [[noreturn]] void refuse(const std::string& why) const {
        throw Error(Code::not_trusted, "read", document_, why);
    }

    const std::string& document_;
    Json root_;
    std::vector<Json*> open_; // a container's parent doesn't grow while it is open, so the pointers hold
    std::size_t values_ = 0;
    Json* slot_ = nullptr; // where the value of the last key belongs
};

} // namespace

Json parse_json(std::string_view text, const std::string& document) {
    // The parser takes a zero byte for the end, whatever follows, and passes over a byte order mark.
    const std::size_t zero = text.find('\0');
    if (zero != std::string_view::npos || text.starts_with("\xef\xbb\xbf"))
        throw Error(Code::not_trusted, "read", document,
                    "it is no valid JSON near byte " +
                        std::to_string(zero == std::string_view::npos ? 0 : zero));
    StrictBuilder builder(document);
    Json::sax_parse(text.begin(), text.end(), &builder);
    return builder.take();
}

std::string write_json(const Json& value, const std::string& document) {
    try {
        return value.dump();
    } catch (const Json::exception&) {
        throw Error(Code::wrong_usage, "write", document, "it holds text that isn't UTF-8");
    }
}

} // namespace lockstep
