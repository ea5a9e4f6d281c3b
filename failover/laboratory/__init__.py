"""The laboratory: two centres, a witness and a hospital as namespaces of this machine.

    lab.laboratory(folder, document)   all of it, with real etcd and the real processes
    lab.topology(folder)               the network alone, for what others build on it
    places.plan_document(...)          a plan for it
    traffic.Traffic(lab)               clients that ask the services, and what they got

For the demonstration, the tests and the benchmarks. Needs root; leaves nothing behind.
"""
