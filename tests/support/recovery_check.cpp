#include "tests/support/recovery_check.h"

namespace lockstep {
namespace {

std::string fault(bool holds, const std::string& text) {
    return holds ? std::string() : text + "\n";
}

// Not what the exit code and the message have to be after a recovery to this version.
std::string faults_of_saying(const Ran& recovered, Version version) {
    const auto says = [&](const char* words) { return recovered.out.find(words) != std::string::npos; };
    const bool went_back = says("was undone; version ") || says("was interrupted before it changed anything");
    const bool went_forward = says(" was completed.");
    const bool said = went_back || went_forward || says("There was nothing to recover.");
    return fault(recovered.code == 0, "recovery ended with " + std::to_string(recovered.code)) +
           fault(said, "recovery doesn't say what it did") +
           fault(!went_back || version == Version::before, "it says that it went back, and it didn't") +
           fault(!went_forward || version == Version::after, "it says that it went forward, and it didn't");
}

std::string faults_of_run(const Ran& ran, const std::string& what, const Tree& wanted,
                          const std::string& root) {
    const std::string differing = differences(wanted, tree_of(root));
    return fault(ran.code == 0, what + " ended with " + std::to_string(ran.code) + "\n" + ran.err) +
           fault(differing.empty(), "after " + what + ":\n" + differing);
}

} // namespace

RecoveryCheck::RecoveryCheck(const SwapWorkshop& shop, EngineCommand command, Recover recover)
    : shop_(shop), before_(command == EngineCommand::rollback ? shop.new_tree() : shop.old_tree()),
      after_(command == EngineCommand::rollback ? shop.old_tree() : shop.new_tree()),
      recover_(recover ? std::move(recover)
                       : [&shop](const std::string& root) { return shop.recover(root); }) {}

Recovered RecoveryCheck::recover_at(const std::string& root) {
    const Ran ran = recover_(root);
    const Tree now = tree_of(root);
    Recovered recovered;
    recovered.version = now == after_ ? Version::after : Version::before;
    const Tree& wanted = recovered.version == Version::after ? after_ : before_;
    const std::string differing = differences(wanted, now);
    const std::string left = SwapWorkshop::leftovers(root);
    recovered.faults = fault(differing.empty(), "neither the old version nor the new one:\n" + differing) +
                       fault(left.empty(), "left over:\n" + left) + faults_of_saying(ran, recovered.version);
    if (!recovered.faults.empty())
        recovered.faults += "recovery said: " + ran.out + ran.err;
    else
        recovered.faults = faults_of_going_on(root);
    return recovered;
}

std::string RecoveryCheck::faults_of_going_on(const std::string& root) {
    if (!continued_.is_new(root)) return {};
    const Ran update = shop_.apply(root);
    std::string faults = faults_of_run(update, "the next update", shop_.new_tree(), root);
    const Ran rollback = shop_.workshop().update(root, {"rollback"});
    faults += faults_of_run(rollback, "the rollback after it", shop_.old_tree(), root);
    const std::string left = SwapWorkshop::leftovers(root);
    return faults + fault(left.empty(), "left over after the rollback:\n" + left);
}

} // namespace lockstep
