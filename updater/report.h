// How results and progress are shown: for people on stderr and stdout, as one JSON object, in a log file.
#pragma once

#include "updater/file_system.h"
#include "updater/request.h"

#include <memory>
#include <string>

namespace lockstep {

// A bar on a terminal, lines elsewhere, nothing when silent; every phase and note also goes to the log, if
// any.
std::unique_ptr<Progress> make_progress(bool silent, File* log);

// One object: DESIGN.md section 4.
std::string outcome_json(const Outcome& outcome);
// What happened, what it means for the data, what to do.
std::string outcome_text(const Outcome& outcome);
Outcome outcome_of(const Error& error, const Progress& progress);

// "2.5": to a tenth.
std::string seconds_text(double seconds);

// Appends each line of the text with the time to the log; the log is for help later, so a line that can't be
// written ends nothing.
void log_line(File* log, const std::string& text);

} // namespace lockstep
