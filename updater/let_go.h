// What a release let go of the data, in the words of its success.
#pragma once

#include "payload/loss_ledger.h"

#include <string>
#include <vector>

namespace lockstep {

// "clinic was updated from version 1 to 2. All records are kept, except 1 row of log, …": `backup` is the
// folder that still has it all.
std::string updated_but(const std::string& product, const std::string& from, const std::string& to,
                        const std::vector<AllowedLoss>& let_go, const std::string& backup);

} // namespace lockstep
