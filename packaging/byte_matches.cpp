// Colin Percival's way ("Naive Differences of Executable Code", 2003): exact matches are found by a suffix
// array, and each is then grown to both sides for as long as more than half of the bytes agree.
#include "packaging/byte_matches.h"

#include "payload/error.h"

#include <algorithm>
#include <divsufsort.h>

namespace lockstep {
namespace {

// An exact match must be longer than what agrees without it by this much: a new step costs about as much.
constexpr std::size_t worth_a_step = 8; // Percival's
// Of a longer match the rest is found next, as the same step: files of one byte only would take forever.
constexpr std::size_t longest_match = std::size_t{64} << 10;

class SuffixArray {
  public:
    explicit SuffixArray(std::string_view text) : text_(text), order_(text.size()) {
        if (text.empty()) return;
        const auto* bytes = reinterpret_cast<const sauchar_t*>(text.data());
        if (divsufsort(bytes, order_.data(), static_cast<saidx_t>(text.size())) != 0)
            throw Error(Code::internal_error, "compare", "two files", "out of memory");
    }

    struct Found {
        std::size_t place = 0;
        std::size_t length = 0;
    };
    // The longest beginning of `wanted` that is in the text.
    Found longest(std::string_view wanted) const {
        const auto after = std::ranges::upper_bound(
            order_, wanted, {}, [&](saidx_t place) { return text_.substr(static_cast<std::size_t>(place)); });
        Found best;
        if (after != order_.end()) best = agreeing(*after, wanted);
        if (after != order_.begin())
            if (const Found before = agreeing(*std::prev(after), wanted); before.length > best.length)
                best = before;
        return best;
    }

  private:
    Found agreeing(saidx_t place, std::string_view wanted) const {
        const auto start = static_cast<std::size_t>(place);
        const std::string_view suffix = text_.substr(start);
        const auto end = std::ranges::mismatch(suffix, wanted).in1;
        return {start, static_cast<std::size_t>(end - suffix.begin())};
    }

    std::string_view text_;
    std::vector<saidx_t> order_;
};

// How far from their begin two texts are alike for the most part.
std::size_t mostly_alike(std::size_t limit, auto&& agrees) {
    std::ptrdiff_t score = 0; // bytes that agree, less those that don't
    std::ptrdiff_t best_score = 0;
    std::size_t best = 0;
    for (std::size_t i = 0; i < limit; ++i) {
        score += agrees(i) ? 1 : -1;
        if (score > best_score) {
            best_score = score;
            best = i + 1;
        }
    }
    return best;
}

class Matching {
  public:
    Matching(std::string_view old_file, std::string_view new_file)
        : old_(old_file), new_(new_file), suffixes_(old_file) {}

    std::vector<Match> run() {
        while (scan_ < new_.size()) {
            find_next();
            if (found_.length != agreeing_ || scan_ == new_.size()) end_step();
        }
        return std::move(matches_);
    }

  private:
    // Whether the new file's byte agrees if the present step just goes on.
    bool goes_on(std::size_t place) const {
        const std::size_t old_place = place + shift_; // modulo 2^64
        return old_place < old_.size() && old_[old_place] == new_[place];
    }

    // The next place where another match is better than going on.
    void find_next() {
        agreeing_ = 0;
        scan_ += found_.length;
        for (std::size_t counted = scan_; scan_ < new_.size(); ++scan_) {
            found_ = suffixes_.longest(new_.substr(scan_, longest_match));
            for (; counted < scan_ + found_.length; ++counted) agreeing_ += goes_on(counted) ? 1 : 0;
            if ((found_.length == agreeing_ && found_.length != 0) ||
                found_.length > agreeing_ + worth_a_step)
                return;
            agreeing_ -= goes_on(scan_) ? 1 : 0; // it was counted: what agrees is in the old file
        }
        found_.length = 0;
    }

    // The step until here is grown forwards, the match that was found backwards; where they meet, the bytes
    // go to whom they fit better.
    void end_step() {
        std::size_t forward =
            mostly_alike(std::min(scan_ - new_start_, old_.size() - std::min(old_start_, old_.size())),
                         [&](std::size_t i) { return old_[old_start_ + i] == new_[new_start_ + i]; });
        std::size_t backward = 0;
        if (scan_ < new_.size())
            backward = mostly_alike(std::min(scan_ - new_start_, found_.place), [&](std::size_t i) {
                return old_[found_.place - 1 - i] == new_[scan_ - 1 - i];
            });
        divide_overlap(forward, backward);
        const std::size_t end = scan_ - backward;
        matches_.push_back({old_start_, forward, end - new_start_ - forward});
        new_start_ = end;
        old_start_ = found_.place - backward;
        shift_ = found_.place - scan_;
    }

    void divide_overlap(std::size_t& forward, std::size_t& backward) const {
        const std::size_t gap = scan_ - new_start_;
        if (forward + backward <= gap) return;
        const std::size_t overlap = forward + backward - gap;
        const std::size_t begin = new_start_ + forward - overlap; // in the new file
        std::ptrdiff_t score = 0;
        std::ptrdiff_t best_score = 0;
        std::size_t kept = 0; // of the overlap, by the step before
        for (std::size_t i = 0; i < overlap; ++i) {
            score += new_[begin + i] == old_[old_start_ + forward - overlap + i] ? 1 : 0;
            score -= new_[begin + i] == old_[found_.place - backward + i] ? 1 : 0;
            if (score > best_score) {
                best_score = score;
                kept = i + 1;
            }
        }
        forward -= overlap - kept;
        backward -= kept;
    }

    std::string_view old_;
    std::string_view new_;
    SuffixArray suffixes_;
    std::vector<Match> matches_;
    SuffixArray::Found found_;
    std::size_t scan_ = 0;
    std::size_t agreeing_ = 0;  // of the bytes of the match that was found, those that agree without it
    std::size_t new_start_ = 0; // of the present step
    std::size_t old_start_ = 0;
    std::size_t shift_ = 0; // from a place in the new file to that in the old one, in the present step
};

} // namespace

std::vector<Match> byte_matches(std::string_view old_file, std::string_view new_file) {
    return Matching(old_file, new_file).run();
}

} // namespace lockstep
