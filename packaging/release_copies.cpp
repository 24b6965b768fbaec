#include "packaging/release_copies.h"

#include "packaging/make_bundle.h"
#include "payload/error.h"
#include "payload/schema.h"

#include <algorithm>

namespace lockstep {

std::pair<std::string, std::string> named_copy(const Release& release, const std::string& copy) {
    for (const DatabaseEntry& entry : release.databases)
        if (copy.starts_with(entry.name + "=")) return {entry.name, copy.substr(entry.name.size() + 1)};
    return {release.databases.front().name, copy};
}

std::vector<Fingerprint> sample_schemas(const Release& release, const PreviousRevision& previous,
                                        const DatabaseEntry& database) {
    std::vector<Fingerprint> schemas;
    const auto samples = previous.samples.find(database.name);
    if (samples == previous.samples.end()) return schemas;
    for (const std::string& path : samples->second) {
        const Fingerprint schema = fingerprint_of_copy(release, database, path);
        if (std::ranges::find(schemas, schema.sha256, &Fingerprint::sha256) == schemas.end())
            schemas.push_back(schema);
    }
    return schemas;
}

const PreviousRevision& revision_of_copy(const Release& release, const std::string& name,
                                         const std::string& file, const std::string& doing) {
    const auto entry = std::ranges::find(release.databases, name, &DatabaseEntry::name);
    const Fingerprint found = fingerprint_of_copy(release, *entry, file);
    std::string nearest;
    for (const PreviousRevision& previous : release.previous)
        for (const Fingerprint& schema : sample_schemas(release, previous, *entry)) {
            if (schema.sha256 == found.sha256) return previous;
            for (const std::string& difference : schema_differences(schema, found))
                nearest += "\n  against " + previous.version + ": " + difference;
        }
    throw Error(Code::wrong_usage, doing, file, "its schema is of none of the previous versions:" + nearest);
}

} // namespace lockstep
