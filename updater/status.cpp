#include "updater/status.h"

#include "updater/layout.h"
#include "updater/lost_history.h"
#include "updater/report.h"
#include "updater/schedule.h"
#include "updater/set_aside.h"
#include "updater/unattended.h"

#include <map>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

Json scripts_json(Ledger& ledger, std::int64_t transaction) {
    Json list = Json::array();
    for (const ScriptRecord& script : ledger.scripts(transaction))
        list.push_back({{"name", script.name},
                        {"sha256", script.sha256},
                        {"started", script.started},
                        {"seconds", script.seconds},
                        {"error", script.error}});
    return list;
}

Json record_json(Ledger& ledger, const TransactionRecord& record) {
    return {{"transaction", record.id},
            {"kind", record.kind == TransactionKind::rollback ? "rollback"
                     : record.kind == TransactionKind::check  ? "check"
                                                              : "update"},
            {"product", record.product},
            {"from", record.from_version},
            {"to", record.to_version},
            {"state", state_name(record)},
            {"code", static_cast<int>(record.code)},
            {"started", record.started},
            {"finished", record.finished},
            {"swap_ms", record.swap_ms},
            {"message", record.message},
            {"scripts", scripts_json(ledger, record.id)}};
}

std::string unattended_text(const FileSystem& files, const std::string& root) {
    std::string text;
    if (const auto schedule = schedule_of(files, Layout(files.real_path(root))))
        text += "Updates are looked for in " + schedule->from + " daily at " + schedule->daily + ", by " +
                schedule->by + ".\n";
    if (const auto last = last_unattended(files, root))
        text += "Last unattended run: " + last->finished + ", exit code " +
                std::to_string(static_cast<int>(last->code)) + ". " + last->message + "\n";
    return text;
}

bool has_backup(const FileSystem& files, const TransactionRecord& update, const std::string& root) {
    return files.status(Layout(files.real_path(root)).kept(update.id)).has_value();
}

// The folders of newer databases that rollbacks set aside, by transaction.
std::map<std::int64_t, std::string> set_aside(const FileSystem& files, Ledger& ledger,
                                              const std::string& root) {
    const Layout layout(files.real_path(root));
    std::map<std::int64_t, std::string> folders;
    for (const std::int64_t transaction : rollbacks_that_set_aside(ledger)) {
        const std::string folder = Layout::backup_folder(layout.kept(transaction));
        if (files.status(folder)) folders[transaction] = folder;
    }
    return folders;
}

Json set_aside_json(const FileSystem& files, Ledger* ledger, const std::string& root) {
    Json list = Json::array();
    if (!ledger) return list;
    for (const auto& [transaction, folder] : set_aside(files, *ledger, root))
        list.push_back({{"transaction", transaction}, {"folder", folder}});
    return list;
}

Json schedule_json(const FileSystem& files, const std::string& root) {
    const auto schedule = schedule_of(files, Layout(files.real_path(root)));
    if (!schedule) return {};
    return {{"from", schedule->from}, {"daily", schedule->daily}, {"by", schedule->by}};
}

Json unattended_json(const FileSystem& files, const std::string& root) {
    const auto last = last_unattended(files, root);
    if (!last) return {};
    return {{"finished", last->finished}, {"code", static_cast<int>(last->code)}, {"message", last->message}};
}

std::string lost_text(const FileSystem& files, Ledger* ledger, const std::string& root) {
    const Layout layout(files.real_path(root));
    return history_is_missing(files, layout, ledger) ? missing_history(files, layout) + "\n" : "";
}

} // namespace

std::string status_text(const FileSystem& files, Ledger* ledger, const std::string& root) {
    const auto installed = ledger ? ledger->installed() : std::nullopt;
    const std::string lost = lost_text(files, ledger, root);
    if (!installed)
        return (lost.empty() ? "No update has been made in " + root + " yet.\n" : lost) +
               unattended_text(files, root);
    std::string text = lost + installed->product + " " + installed->to_version + " in " + root + ", since " +
                       installed->finished + ".\n";
    const auto last = ledger->transactions().back();
    text += "Last run: from " + last.from_version + " to " + last.to_version + ", " + state_name(last) +
            ". " + last.message + "\n";
    if (!last.closed) text += "It has not ended: run `update recover`.\n";
    if (const auto update = ledger->last_update())
        text += has_backup(files, *update, root)
                    ? "`update rollback` would go back to version " + update->from_version + ".\n"
                    : "There is no way back to version " + update->from_version +
                          ": its backup is no longer kept.\n";
    for (const auto& [transaction, folder] : set_aside(files, *ledger, root))
        text += "The newer database that rollback " + std::to_string(transaction) +
                " set aside is kept for good in " + folder + ".\n";
    return text + unattended_text(files, root);
}

std::string status_json(const FileSystem& files, Ledger* ledger, const std::string& root) {
    const auto installed = ledger ? ledger->installed() : std::nullopt;
    Json json{{"root", root},
              {"product", installed ? installed->product : ""},
              {"version", installed ? installed->to_version : ""},
              {"platform", ledger ? ledger->platform() : ""}};
    const auto update = ledger ? ledger->last_update() : std::nullopt;
    json["rollback_to"] = update && has_backup(files, *update, root) ? Json(update->from_version) : Json();
    json["set_aside"] = set_aside_json(files, ledger, root);
    json["history_missing"] = !lost_text(files, ledger, root).empty();
    json["last"] = Json();
    if (ledger)
        if (const auto all = ledger->transactions(); !all.empty())
            json["last"] = record_json(*ledger, all.back());
    json["schedule"] = schedule_json(files, root);
    json["unattended"] = unattended_json(files, root);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string history_text(const FileSystem& files, Ledger* ledger, const std::string& root) {
    std::string text = lost_text(files, ledger, root);
    if (ledger)
        for (const TransactionRecord& record : ledger->transactions()) {
            text += std::to_string(record.id) + "  " + record.started + "  " + record.from_version + " -> " +
                    record.to_version + "  " + state_name(record) + "\n";
            if (!record.message.empty()) text += "    " + record.message + "\n";
            for (const ScriptRecord& script : ledger->scripts(record.id))
                text += "    " + script.started + "  " + script.name + "  " + seconds_text(script.seconds) +
                        " s" + (script.error.empty() ? "" : "  " + script.error) + "\n";
        }
    return text.empty() ? "Nothing has happened here yet.\n" : text;
}

std::string history_json(const FileSystem& files, Ledger* ledger, const std::string& root) {
    Json json{{"history_missing", !lost_text(files, ledger, root).empty()}, {"transactions", Json::array()}};
    if (ledger)
        for (const TransactionRecord& record : ledger->transactions())
            json["transactions"].push_back(record_json(*ledger, record));
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace lockstep
