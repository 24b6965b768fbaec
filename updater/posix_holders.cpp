// Who holds a file: /proc, see proc(5). What this user may not see (other users' processes) and processes
// that end while they are looked at are passed over.
#include "payload/language.h"
#include "updater/posix_files.h"
#include "updater/process.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

bool is_one_of(const std::vector<FileStatus>& files, std::uint64_t volume, std::uint64_t id) {
    return std::any_of(files.begin(), files.end(),
                       [&](const FileStatus& file) { return file.volume == volume && file.id == id; });
}

// Through the links of /proc, which lead to the file itself wherever it was moved to.
bool leads_to(const std::string& link, const std::vector<FileStatus>& files) {
    struct stat found {};
    return ::stat(link.c_str(), &found) == 0 && is_one_of(files, found.st_dev, found.st_ino);
}

bool has_open(const std::string& process, const std::vector<FileStatus>& files) {
    std::error_code unseen;
    for (fs::directory_iterator entry(process + "/fd", unseen), end; !unseen && entry != end;
         entry.increment(unseen))
        if (leads_to(entry->path(), files)) return true;
    return false;
}

// One line of maps: "7f00-7f08 r--p 00000000 fe:00 1234  /path". Some volumes (btrfs) show another device
// there than stat() does: then the entry in map_files decides, which only a privileged process may follow.
bool maps_one_of(const std::string& process, const std::string& line, const std::vector<FileStatus>& files) {
    std::istringstream words(line);
    std::string range, rights, offset, device;
    std::uint64_t id = 0;
    if (!(words >> range >> rights >> offset >> device >> id) || id == 0) return false;
    char* colon = nullptr;
    const unsigned long major_number = std::strtoul(device.c_str(), &colon, 16);
    const unsigned long minor_number = *colon == ':' ? std::strtoul(colon + 1, nullptr, 16) : 0;
    const auto volume = makedev(static_cast<unsigned>(major_number), static_cast<unsigned>(minor_number));
    if (is_one_of(files, volume, id)) return true;
    const bool same_id =
        std::any_of(files.begin(), files.end(), [&](const auto& file) { return file.id == id; });
    return same_id && leads_to(process + "/map_files/" + range, files);
}

bool has_mapped(const std::string& process, const std::vector<FileStatus>& files) {
    std::ifstream maps(process + "/maps");
    for (std::string line; std::getline(maps, line);)
        if (maps_one_of(process, line, files)) return true;
    return false;
}

bool holds(const std::string& process, const std::vector<FileStatus>& files) {
    return leads_to(process + "/exe", files) || has_open(process, files) || has_mapped(process, files);
}

std::string name_of_process(const std::string& process) {
    std::ifstream file(process + "/comm");
    std::string name;
    std::getline(file, name);
    return name.empty() ? "a program" : name;
}

std::vector<int> processes() {
    std::vector<int> numbers;
    for (const std::string& name : sorted_names("/proc"))
        if (name.find_first_not_of("0123456789") == std::string::npos)
            numbers.push_back(std::atoi(name.c_str())); // NOLINT(cert-err34-c): digits only
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

// Of the other processes.
std::vector<Holder> those_that(const std::function<bool(const std::string& process)>& does) {
    std::vector<Holder> holders;
    for (const int number : processes()) {
        const std::string process = "/proc/" + std::to_string(number);
        if (number == ::getpid() || !does(process)) continue;
        holders.push_back({number, name_of_process(process) + " (" + std::to_string(number) + ")"});
    }
    return holders;
}

} // namespace

std::vector<Holder> holders_of(const std::vector<FileStatus>& files) {
    return files.empty() ? std::vector<Holder>()
                         : those_that([&](const std::string& process) { return holds(process, files); });
}

std::vector<Holder> runners_of(const std::vector<FileStatus>& programs) {
    return those_that([&](const std::string& process) { return leads_to(process + "/exe", programs); });
}

std::string names_of(const std::vector<Holder>& holders) {
    std::string names;
    for (const Holder& holder : holders) names += (names.empty() ? "" : ", ") + holder.name;
    return names.empty() ? say(Message::another_program) : names;
}

} // namespace lockstep
