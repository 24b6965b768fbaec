#include "tests/support/crash_states.h"

#include <array>

namespace lockstep {
namespace {

using Extents = std::vector<Extent>;

struct Partial {
    Extent extent;
    const char* said;
};
constexpr std::array<Partial, 6> partials{{{Extent::first_512, "only the first 512 bytes of "},
                                           {Extent::all_but_first_512, "all but the first 512 bytes of "},
                                           {Extent::first_4096, "only the first 4096 bytes of "},
                                           {Extent::all_but_first_4096, "all but the first 4096 bytes of "},
                                           {Extent::zeros, "zeros instead of the data of "},
                                           {Extent::garbage, "garbage instead of the data of "}}};

class CrashStates {
  public:
    CrashStates(const DiskLog& log, std::size_t point, const VisitState& visit) : log_(log), visit_(visit) {
        for (std::size_t i = 0; i < log.operations().size(); ++i) {
            const DiskOperation& operation = log.operations()[i];
            if (operation.step >= point) break;
            all_.push_back(Extent::whole);
            const bool durable = operation.durable <= point;
            durable_.push_back(durable ? Extent::whole : Extent::missing);
            if (!durable) pending_.push_back(i);
        }
    }

    void visit_ordered() const {
        visit_("everything there", all_);
        for (const std::size_t operation : pending_)
            visit_("missing from here on: " + said(operation), without_from(operation));
    }

    void visit_every() const {
        visit_ordered();
        visit_with_all_data("no un-synced data, but all names", Extent::missing);
        visit_with_all_data("zeros for all un-synced data, and all names", Extent::zeros);
        for (const std::size_t operation : pending_) {
            visit_("missing alone: " + said(operation), without(operation));
            visit_("there alone: " + said(operation), with_only(operation));
            if (is_write(operation)) visit_partials(operation);
        }
    }

  private:
    const std::string& said(std::size_t operation) const {
        return log_.steps()[log_.operations()[operation].step];
    }
    bool is_write(std::size_t operation) const {
        return log_.operations()[operation].kind == DiskOperation::Kind::write;
    }

    void visit_partials(std::size_t operation) const {
        for (const Partial& partial : partials) {
            Extents with_others = all_;
            with_others[operation] = partial.extent;
            visit_(partial.said + said(operation), with_others);
            Extents alone = durable_;
            alone[operation] = partial.extent;
            visit_("there alone, and " + std::string(partial.said) + said(operation), alone);
        }
    }

    void visit_with_all_data(const std::string& what, Extent extent) const {
        Extents extents = all_;
        for (const std::size_t operation : pending_)
            if (is_write(operation)) extents[operation] = extent;
        visit_(what, extents);
    }

    Extents without_from(std::size_t first) const {
        Extents extents = all_;
        for (const std::size_t operation : pending_)
            if (operation >= first) extents[operation] = Extent::missing;
        return extents;
    }

    // And without the later ones that need it.
    Extents without(std::size_t lost) const {
        Extents extents = all_;
        extents[lost] = Extent::missing;
        for (const std::size_t later : pending_)
            for (const std::size_t earlier : pending_)
                if (extents[earlier] == Extent::missing && log_.needs(later, earlier))
                    extents[later] = Extent::missing;
        return extents;
    }

    // And with the earlier ones that it needs.
    Extents with_only(std::size_t kept) const {
        Extents extents = durable_;
        extents[kept] = Extent::whole;
        for (auto later = pending_.rbegin(); later != pending_.rend(); ++later)
            for (const std::size_t earlier : pending_)
                if (extents[*later] == Extent::whole && log_.needs(*later, earlier))
                    extents[earlier] = Extent::whole;
        return extents;
    }

    const DiskLog& log_;
    const VisitState& visit_;
    Extents all_;
    Extents durable_;
    std::vector<std::size_t> pending_; // neither synced nor lost for sure
};

} // namespace

void each_crash_state(const DiskLog& log, std::size_t point, const VisitState& visit) {
    CrashStates(log, point, visit).visit_every();
}

void each_ordered_state(const DiskLog& log, std::size_t point, const VisitState& visit) {
    CrashStates(log, point, visit).visit_ordered();
}

} // namespace lockstep
