#include "packaging/calendar_text.h"

#include <charconv>
#include <chrono>
#include <optional>

namespace lockstep {
namespace {

class CalendarReader {
  public:
    explicit CalendarReader(std::string_view text) : rest_(text) {}

    bool read() {
        const bool has_date = rest_.size() > 4 && rest_[4] == '-';
        if (has_date && !date()) return false;
        if (has_date && rest_.empty()) return true;
        if (has_date && !sign('T') && !spaces()) return false;
        return time() && zone() && rest_.empty();
    }

  private:
    std::optional<int> digits(std::size_t count) {
        int number = 0;
        if (rest_.size() < count) return std::nullopt;
        const char* end = rest_.data() + count;
        const auto [stop, error] = std::from_chars(rest_.data(), end, number);
        if (error != std::errc() || stop != end || number < 0) return std::nullopt;
        rest_.remove_prefix(count);
        return number;
    }

    bool sign(char wanted) {
        if (!rest_.starts_with(wanted)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool spaces() {
        bool any = false;
        while (sign(' ')) any = true;
        return any;
    }

    bool date() {
        const auto year = digits(4);
        if (!year || !sign('-')) return false;
        const auto month = digits(2);
        if (!month || !sign('-')) return false;
        const auto day = digits(2);
        return day && std::chrono::year_month_day(std::chrono::year(*year),
                                                  std::chrono::month(static_cast<unsigned>(*month)),
                                                  std::chrono::day(static_cast<unsigned>(*day)))
                          .ok();
    }

    bool below(int limit) {
        const auto number = digits(2);
        return number && *number < limit;
    }

    bool time() {
        constexpr int day_end = 25; // SQLite reads 24:00
        if (!below(day_end) || !sign(':') || !below(60)) return false;
        if (!sign(':')) return true;
        if (!below(60)) return false;
        if (!sign('.')) return true;
        if (!digits(1)) return false;
        while (digits(1)) {
        }
        return true;
    }

    bool zone() {
        spaces();
        if (sign('Z') || sign('z')) return true;
        if (!sign('+') && !sign('-')) return true;
        return below(15) && sign(':') && below(60);
    }

    std::string_view rest_;
};

} // namespace

bool is_calendar_text(std::string_view text) {
    return CalendarReader(text).read();
}

} // namespace lockstep
