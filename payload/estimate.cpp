#include "payload/estimate.h"

#include "payload/declaration_text.h"
#include "payload/language.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace lockstep {
namespace {

// The steps of the spine that read or write all of the data. The swap only renames.
const std::set<std::string> grow_with_the_data{"back up", "verify the trial copy"};

double ratio(double here, double there) {
    return there > 0 ? here / there : 1;
}

// The mean of the tables' ratios, each with the weight of its time. A table that only the new version has
// grows with all of the rows.
double row_ratio(const RehearsalRun& run, const DataAmount& here) {
    double all_here = 0;
    double all_there = 0;
    for (const auto& [table, rows] : run.rows) {
        const auto found = here.rows.find(table);
        all_there += static_cast<double>(rows);
        if (found != here.rows.end()) all_here += static_cast<double>(found->second);
    }
    const double whole = ratio(all_here, all_there);
    double weighted = 0;
    double weights = 0;
    for (const auto& [table, seconds] : run.table_seconds) {
        const auto there = run.rows.find(table);
        const auto found = here.rows.find(table);
        const bool known = there != run.rows.end() && there->second > 0 && found != here.rows.end();
        weighted += seconds *
                    (known ? static_cast<double>(found->second) / static_cast<double>(there->second) : whole);
        weights += seconds;
    }
    return weights > 0 ? weighted / weights : whole;
}

std::string grouped(std::int64_t number) {
    std::string text = with_commas(number);
    const std::string mark = say(Message::thousands_mark);
    for (std::size_t at = text.find(','); at != std::string::npos; at = text.find(',', at + mark.size()))
        text.replace(at, 1, mark);
    return text;
}

// Two significant figures.
std::string short_number(double number) {
    const std::int64_t tenths = std::llround(number * 10);
    if (tenths % 10 == 0 || number >= 10) return std::to_string(std::llround(number));
    return std::to_string(tenths / 10) + say(Message::decimal_mark) + std::to_string(tenths % 10);
}

} // namespace

std::string so_many(std::int64_t number, Message one, Message several) {
    return number == 1 ? say(one) : say(several, {grouped(number)});
}

const RehearsalRun* likest_run(const std::vector<RehearsalRun>& runs, const std::string& from,
                               const std::string& platform) {
    const RehearsalRun* best = nullptr;
    const auto is_better = [&](const RehearsalRun& run) {
        const bool own = run.platform == platform;
        const bool best_is_own = best && best->platform == platform;
        return !best || own > best_is_own ||
               (own == best_is_own && run.database_bytes > best->database_bytes);
    };
    for (const RehearsalRun& run : runs)
        if (run.from == from && is_better(run)) best = &run;
    return best;
}

std::int64_t all_rows(const std::map<std::string, std::int64_t>& rows) {
    return std::accumulate(rows.begin(), rows.end(), std::int64_t{0},
                           [](std::int64_t sum, const auto& table) { return sum + table.second; });
}

std::optional<Estimate> estimate_of(const RehearsalRun& run, const DataAmount& here) {
    if (all_rows(here.rows) > farthest_estimate * std::max<std::int64_t>(1, all_rows(run.rows)))
        return std::nullopt;
    const double bytes = ratio(static_cast<double>(here.bytes), static_cast<double>(run.database_bytes));
    Estimate estimate;
    estimate.rows = all_rows(here.rows);
    for (const auto& [phase, seconds] : run.phase_seconds) {
        double here_seconds = seconds;
        if (grow_with_the_data.contains(phase)) here_seconds *= bytes;
        if (phase == "migrate") here_seconds *= row_ratio(run, here);
        if (phase == "migrate") estimate.migrate_seconds = here_seconds;
        estimate.seconds += here_seconds;
        estimate.phase_seconds[phase] = here_seconds;
    }
    return estimate;
}

double seconds_of_script(const Estimate& estimate, const RehearsalRun& run, const std::string& script) {
    const auto measured = run.script_seconds.find(script);
    const auto migrate = run.phase_seconds.find("migrate");
    if (measured == run.script_seconds.end() || migrate == run.phase_seconds.end()) return 0;
    return std::min(estimate.migrate_seconds,
                    measured->second * ratio(estimate.migrate_seconds, migrate->second));
}

std::string sentence_of(const Estimate& estimate) {
    return say(Message::for_rows, {rough_duration(estimate.seconds), rough_rows(estimate.rows)});
}

std::string rough_duration(double seconds) {
    if (seconds < 1) return say(Message::less_than_a_second);
    if (seconds < 90) return so_many(std::llround(seconds), Message::about_a_second, Message::about_seconds);
    if (seconds < 90 * 60)
        return so_many(std::llround(seconds / 60), Message::about_a_minute, Message::about_minutes);
    return so_many(std::llround(seconds / 3600), Message::about_an_hour, Message::about_hours);
}

std::string rough_rows(std::int64_t rows) {
    if (rows == 0) return say(Message::no_rows);
    if (rows < 1'000'000) return so_many(rows, Message::one_row, Message::rows);
    const double millions = static_cast<double>(rows) / 1e6;
    return say(millions < 2 ? Message::million_rows : Message::millions_rows, {short_number(millions)});
}

} // namespace lockstep
