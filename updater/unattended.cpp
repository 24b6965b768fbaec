#include "updater/unattended.h"

#include "payload/json_strict.h"
#include "payload/language.h"
#include "updater/layout.h"
#include "updater/process.h"
#include "updater/report.h"

namespace lockstep {
namespace {

constexpr std::uint64_t limit = 1u << 20; // bytes
constexpr const char* document = "the last unattended run";

// The stick isn't there, or another updater runs: the next run will see.
bool is_nothing_to_tell(Code code) {
    return code == Code::wrong_usage || code == Code::busy;
}

} // namespace

void remember_unattended(FileSystem& files, const Request& request, const Outcome& outcome, File* log) try {
    const Layout layout(files.real_path(request.root));
    if (!files.status(layout.ledger()) || is_nothing_to_tell(outcome.code)) return;
    // The bundle that failed is passed over from then on: that there is no other ends nothing.
    if (outcome.code == Code::ok && outcome.outcome != "updated" &&
        !told_unattended(files, request.root).empty())
        return;
    const Json json{
        {"finished", utc_now()}, {"code", static_cast<int>(outcome.code)}, {"message", outcome.message}};
    write_durably(files, layout.unattended(), write_json(json, document), 0644);
} catch (const Error& error) {
    log_line(log, error.what());
}

void forget_unattended(FileSystem& files, const std::string& root, File* log) try {
    const Layout layout(files.real_path(root));
    if (files.status(layout.unattended())) files.remove_file(layout.unattended());
} catch (const Error& error) {
    log_line(log, error.what());
}

std::optional<UnattendedRun> last_unattended(const FileSystem& files, const std::string& root) {
    const Layout layout(files.real_path(root));
    if (!files.status(layout.unattended())) return std::nullopt;
    Fields fields(parse_json(read_text(files, layout.unattended(), limit), document), "", document);
    return UnattendedRun{fields.text("finished"), static_cast<Code>(fields.small_number("code", 0)),
                         fields.text("message")};
}

std::string told_unattended(const FileSystem& files, const std::string& root) {
    const auto last = last_unattended(files, root);
    if (!last || last->code == Code::ok || last->code == Code::tidying_waits) return {};
    return say(Message::last_run_failed, {last->finished, last->message});
}

} // namespace lockstep
