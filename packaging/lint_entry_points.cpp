#include "packaging/lint_parts.h"
#include "updater/file_system.h"

#include <algorithm>
#include <array>

namespace lockstep {
namespace {

constexpr std::uint64_t program_limit = 1u << 30; // bytes of a program that is looked through
constexpr std::uint64_t unit_limit = 1u << 20;    // bytes of a systemd unit

// Why a gate can't stand here; empty where it can.
std::string no_program(const std::string& content) {
    if (content.starts_with("#!"))
        return "is a script: the gate is a program, and what starts a script by its interpreter passes it by";
    if (content.starts_with("\x7f"
                            "ELF") ||
        content.starts_with("MZ"))
        return "";
    return "is no program that this system or Windows starts";
}

// https://learn.microsoft.com/windows/win32/api/winsvc/nf-winsvc-startservicectrldispatcherw: every Windows
// service calls it.
bool is_windows_service(const std::string& content) {
    return content.starts_with("MZ") && content.find("StartServiceCtrlDispatcher") != std::string::npos;
}

class EntryPointLint {
  public:
    EntryPointLint(const Release& release, std::vector<Risk>& risks) : release_(release), risks_(risks) {}

    void lint() {
        if (release_.entry_points.empty()) return;
        find_units(".");
        for (const std::string& path : release_.entry_points) look_at(path);
    }

  private:
    void look_at(const std::string& path) {
        const std::string file = joined(release_.code, path);
        const auto status = files_.status(file);
        if (!status || status->kind != FileKind::file)
            return add(path, "is no file of " + release_.code, "Name a program of the new version.");
        const std::string content = read_text(files_, file, program_limit);
        if (const std::string reason = no_program(content); !reason.empty())
            add(path, reason,
                "Name the native program that people start, or put a small one in front of it.");
        const std::string unit = unit_of(path);
        if (!unit.empty() || is_windows_service(content))
            add(path, unit.empty() ? "is a Windows service" : "is started as a service by " + unit,
                "The system starts it, in its own time and as its own user, and takes the gate for the "
                "service. "
                "Let the service be stopped during an update, and leave it out of entry_points.");
    }

    void find_units(const std::string& folder) {
        const std::string path = joined(release_.code, folder);
        for (const std::string& name : files_.names_in(path)) {
            const std::string one = folder == "." ? name : joined(folder, name);
            const auto status = files_.status(joined(release_.code, one));
            if (status && status->kind == FileKind::folder) find_units(one);
            if (status && status->kind == FileKind::file && name.ends_with(".service"))
                units_[one] = read_text(files_, joined(release_.code, one), unit_limit);
        }
    }

    // https://www.freedesktop.org/software/systemd/man/systemd.service.html: ExecStart= and its like.
    std::string unit_of(const std::string& path) const {
        const std::string name = path.substr(path.rfind('/') + 1);
        for (const auto& [unit, text] : units_)
            for (std::size_t at = text.find("Exec"); at != std::string::npos;
                 at = text.find("Exec", at + 1)) {
                const std::string line = text.substr(at, text.find('\n', at) - at);
                if (line.find("/" + name) != std::string::npos) return unit;
            }
        return "";
    }

    void add(const std::string& path, const std::string& message, const std::string& advice) {
        risks_.push_back(
            {.kind = RiskKind::entry_point, .place = path, .message = message, .advice = advice});
    }

    FileSystem& files_ = system_files();
    const Release& release_;
    std::vector<Risk>& risks_;
    std::map<std::string, std::string> units_; // systemd units of the new code, by path
};

} // namespace

void lint_entry_points(const Release& release, std::vector<Risk>& risks) {
    EntryPointLint(release, risks).lint();
}

} // namespace lockstep
