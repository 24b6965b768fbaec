#include "packaging/bundle_bytes.h"

#include "packaging/human_size.h"
#include "payload/delta.h"

#include <algorithm>
#include <set>

namespace lockstep {
namespace {

constexpr std::size_t shown_files = 5; // of each part

struct Content {
    std::string path;
    std::uint64_t size = 0;
};

std::uint64_t total(const std::vector<Content>& files) {
    std::uint64_t bytes = 0;
    for (const Content& file : files) bytes += file.size;
    return bytes;
}

std::vector<Content> whole_files(const Manifest& manifest) {
    std::set<std::string> contents = whole_contents(manifest);
    std::vector<Content> files;
    for (const FileEntry& file : manifest.target.files)
        if (contents.erase(file.sha256) > 0) files.push_back({file.path, file.size});
    for (const FileEntry& file : manifest.defaults) files.push_back({file.path, file.size});
    if (!manifest.gate_sha256.empty()) files.push_back({"the gate", manifest.gate_size});
    return files;
}

std::vector<Content> files_of(const DeltaFrame& frame, const Manifest& manifest) {
    std::set<std::uint64_t> seen; // a large file is there in parts
    std::vector<Content> files;
    for (const DeltaPart& part : frame.parts) {
        const FileEntry& file = manifest.target.files[part.target];
        if (seen.insert(part.target).second) files.push_back({file.path, file.size});
    }
    return files;
}

void print_largest(std::ostream& out, std::vector<Content> files) {
    std::ranges::stable_sort(files, std::greater<>(), &Content::size);
    for (std::size_t i = 0; i < std::min(files.size(), shown_files); ++i)
        out << "        " << human_size(files[i].size) << "  " << files[i].path << '\n';
    if (files.size() > shown_files) out << "        and " << files.size() - shown_files << " more\n";
}

void print_part(std::ostream& out, std::uint64_t size, const std::string& what,
                const std::vector<Content>& files) {
    out << "    " << human_size(size) << "  " << what << ": " << files.size()
        << (files.size() == 1 ? " file of " : " files of ") << human_size(total(files)) << '\n';
    print_largest(out, files);
}

} // namespace

void print_bytes(std::ostream& out, const BundleHead& head, const Manifest& manifest) {
    out << "  code: " << manifest.target.files.size()
        << " files; payload: " << human_size(manifest.payload_size) << "\n  where the bytes go:\n";
    out << "    " << human_size(head.manifest.size()) << "  manifest\n";
    print_part(out, manifest.archive_size, "whole, with the scripts", whole_files(manifest));
    for (const DeltaFrame& frame : manifest.deltas)
        print_part(out, frame.size, "deltas from " + manifest.from[frame.from].version,
                   files_of(frame, manifest));
}

} // namespace lockstep
