#include "packaging/difference.h"

#include "packaging/byte_matches.h"
#include "payload/delta.h"

#include <algorithm>

namespace lockstep {
namespace {

// A part ends where it has this much; a step adds at most two and a half times as much (a place for each
// second byte, each of two numbers).
constexpr std::uint64_t part_size = 1u << 20;
constexpr std::uint64_t step_size = 1u << 20; // longest copy, longest insertion

class Writer {
  public:
    Writer(std::string_view old_file, std::string_view new_file) : old_(old_file), new_(new_file) {}

    void add(Match match) {
        while (match.copied > step_size) {
            add_step({match.place, step_size, 0});
            match.place += step_size;
            match.copied -= step_size;
        }
        const std::uint64_t first = std::min(match.inserted, step_size);
        add_step({match.place, match.copied, first});
        for (match.inserted -= first; match.inserted > 0;) {
            const std::uint64_t next = std::min(match.inserted, step_size);
            add_step({place_, 0, next});
            match.inserted -= next;
        }
    }

    std::vector<Difference> finish() {
        end_part();
        return std::move(parts_);
    }

  private:
    void add_step(const Match& step) {
        if (step.copied == 0 && step.inserted == 0) return;
        if (size() >= part_size) end_part();
        if (part_.control.empty()) refer_from(step.place);
        write_move(step.place);
        append_number(part_.control, step.copied);
        append_number(part_.control, step.inserted);
        copy(step);
        part_.inserted += new_.substr(written_ + step.copied, step.inserted);
        written_ += step.copied + step.inserted;
    }

    std::size_t size() const {
        return part_.control.size() + part_.places.size() + part_.values.size() + part_.inserted.size();
    }

    // All of the old file, or what follows the place where a part of a large one begins.
    void refer_from(std::uint64_t place) {
        part_.size = std::min<std::uint64_t>(old_.size(), delta_reference_limit);
        part_.offset = std::min(place, old_.size() - part_.size);
    }

    void write_move(std::uint64_t place) {
        append_number(part_.control, place >= place_ ? (place - place_) << 1 : (~(place - place_) << 1) | 1);
        place_ = place;
    }

    void copy(const Match& step) {
        for (std::uint64_t i = 0; i < step.copied; ++i) {
            const auto added = static_cast<unsigned char>(static_cast<unsigned char>(new_[written_ + i]) -
                                                          static_cast<unsigned char>(old_[step.place + i]));
            if (added != 0)
                different(added);
            else
                alike();
        }
        place_ += step.copied;
    }

    void alike() {
        if (different_ > 0) end_run();
        ++alike_;
    }
    void different(unsigned char added) {
        ++different_;
        part_.values += static_cast<char>(added);
    }
    void end_run() {
        append_number(part_.places, alike_);
        append_number(part_.places, different_);
        alike_ = different_ = 0;
    }

    void end_part() {
        if (different_ > 0) end_run();
        alike_ = 0;
        place_ = 0;
        if (!part_.control.empty()) parts_.push_back(std::move(part_));
        part_ = {};
    }

    std::string_view old_;
    std::string_view new_;
    std::vector<Difference> parts_;
    Difference part_;
    std::uint64_t written_ = 0; // of the new file
    std::uint64_t place_ = 0;   // in the old file
    std::uint64_t alike_ = 0;
    std::uint64_t different_ = 0;
};

} // namespace

std::vector<Difference> difference(std::string_view old_file, std::string_view new_file) {
    Writer writer(old_file, new_file);
    for (const Match& match : byte_matches(old_file, new_file)) writer.add(match);
    return writer.finish();
}

} // namespace lockstep
