// Where a person follows a run: the terminal, or a window.
#pragma once

#include "updater/file_system.h"
#include "updater/request.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace lockstep {

class Display {
  public:
    virtual ~Display() = default;
    // `log`: everything that is shown also goes there; null where there is none.
    virtual std::unique_ptr<Progress> progress(File* log) = 0;
    // Once, when the run has ended and its Progress is gone.
    virtual void ended(const Outcome& outcome) = 0;

    // The log that is written, where --log named this one or, empty, none; empty: no log.
    virtual std::string log(const std::string& named) { return named; }
    // Where this process may not write to the root and another, started with the user's consent, did the
    // whole run: its exit code. Throws Error (cancelled) where the user refused.
    virtual std::optional<int> done_with_more_rights(const std::string& /*root*/) { return std::nullopt; }
};

// A whole run; returns the exit code. It may be made again, for a second try.
using Engine = std::function<int(Display&)>;

// Makes the run on another thread, and shows it in a window until the user closes that; returns the last
// run's exit code.
using InWindow = std::function<int(const Engine&)>;

} // namespace lockstep
