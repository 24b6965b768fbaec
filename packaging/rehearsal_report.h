// What a rehearsal found, for the release manager.
#pragma once

#include "packaging/evidence.h"
#include "packaging/release.h"

#include <string>

namespace lockstep {

// For each run its databases with their growth, its steps and its tables with their times, and what it takes
// for other amounts of data.
std::string rehearsal_text(const Evidence& evidence);

// The same as a page with the verdict, and what the release declares to do to the records. `failure`: what
// ended the rehearsal; empty where it succeeded. The evidence of a failed one need hold nothing.
std::string rehearsal_html(const Release& release, const Evidence& evidence, const std::string& failure);

} // namespace lockstep
