// Writes a seed for each target that wants bytes: fuzz_seeds FOLDER. Text seeds are files of the project.
#include "payload/sqlite.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/tree.h"

#include <iostream>

int main(int argc, char** argv) {
    using namespace lockstep;
    if (argc != 2) {
        std::cerr << "usage: fuzz_seeds FOLDER\n";
        return 2;
    }
    const std::string folder = std::string(argv[1]) + "/";
    const PrivateKey key = PrivateKey::generate();
    const SeedBundle seed = seed_bundle(key);
    write_file(folder + "bundle/whole", seed.bundle);
    write_file(folder + "payload/whole", seed.payload);
    write_file(folder + "manifest/whole", seed.manifest);
    write_file(folder + "signatures/whole", seed.signatures);
    write_file(folder + "signatures/trust", write_trust({"clinic", 2, 1, {key.public_key()}}));
    write_file(folder + "signatures/signed", seed.trust_document);
    const std::string stub = "MZ" + std::string(58, '\0') + std::string("\x40\0\0\0PE\0\0", 8);
    write_file(folder + "executable/stub", stub);
    write_file(folder + "executable/whole",
               stub + carried_keys({key.public_key()}, 1, stub.size()) + seed.bundle);
    write_file(folder + "executable/signed after",
               stub + carried_keys({key.public_key()}, 1, stub.size()) + seed.bundle + std::string(64, 's'));
    return 0;
}
