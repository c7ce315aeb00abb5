// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The manifest is the map: every module, its layer, and what it may use. A wrong arrow stops the build here.

/// A folder of `Sources`; the rule of which layers it may use stands beside it.
enum Layer: String {
    case system = "System"
    case wire = "Wire"
    case server = "Server"
    case features = "Features"
    case app = "App"

    /// Layers that modules of this one may use.
    ///
    /// Within its own layer a module may use those above it in the table.
    var mayUse: Set<Layer> {
        switch self {
        case .system: [.system]
        case .wire: [.wire]
        case .server: [.system, .wire, .server]
        case .features: [.system, .wire, .server, .features]
        case .app: [.system, .wire, .server, .features, .app]
        }
    }
}

/// One row of the table: a module of ours.
struct Module {
    enum Kind { case swift, generated, c, systemLibrary(pkgConfig: String?), executable }

    let name: String
    let layer: Layer
    var kind: Kind = .swift
    var uses: [String] = []
    var libraries: [Target.Dependency] = []
    /// Test targets use `TestKit` and these besides the module itself.
    var testUses: [String] = []
    var hasTests = true
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let modules: [Module] = [
    // System: the kernel and C libraries.
    Module(name: "CLinux", layer: .system, kind: .c, hasTests: false),
    Module(name: "COpenSSL", layer: .system, kind: .systemLibrary(pkgConfig: "openssl"), hasTests: false),
    Module(name: "CLibPQ", layer: .system, kind: .systemLibrary(pkgConfig: "libpq"), hasTests: false),
    // Without pkg-config, whose file names a flag that the package manager warns of; the header lies where all do.
    Module(name: "CHiredis", layer: .system, kind: .systemLibrary(pkgConfig: nil), hasTests: false),
    Module(name: "CZlib", layer: .system, kind: .systemLibrary(pkgConfig: "zlib"), hasTests: false),
    Module(name: "EventLoop", layer: .system, uses: ["CLinux"]),
    Module(name: "Sockets", layer: .system, uses: ["CLinux", "COpenSSL", "EventLoop"]),
    Module(name: "Processes", layer: .system, uses: ["EventLoop"]),
    Module(
        name: "Postgres", layer: .system, uses: ["CLinux", "CLibPQ", "EventLoop", "Processes"],
        libraries: [deque]),
    Module(
        name: "Redis", layer: .system,
        uses: ["CHiredis", "COpenSSL", "EventLoop", "Sockets", "Processes"], libraries: [deque]),

    // Wire: bytes to values and back, pure.
    Module(name: "JSON", layer: .wire),
    Module(name: "HTML", layer: .wire, testUses: ["JSON"]),
    Module(name: "CSV", layer: .wire),
    Module(name: "Zip", layer: .wire, uses: ["CZlib"]),
    Module(name: "HTTP", layer: .wire, libraries: [httpTypes]),
    Module(name: "WebSocket", layer: .wire, uses: ["COpenSSL", "CZlib"]),
    Module(name: "LiveProtobuf", layer: .wire, kind: .generated, libraries: [protobuf], hasTests: false),
    Module(name: "LiveProtocol", layer: .wire, uses: ["JSON", "LiveProtobuf"], libraries: [protobuf]),

    // Server: the machinery that features plug into.
    Module(name: "Telemetry", layer: .server, uses: ["EventLoop", "JSON"], libraries: [logging, histogram]),
    Module(
        name: "WebServer", layer: .server,
        uses: [
            "CLinux", "COpenSSL", "CZlib", "EventLoop", "Sockets", "Postgres", "JSON", "HTTP", "WebSocket",
            "Telemetry",
        ],
        libraries: [httpTypes, logging, deque]),
    Module(
        name: "WebClient", layer: .server, uses: ["EventLoop", "Sockets", "HTTP"], libraries: [httpTypes]),
    Module(
        name: "JobQueue", layer: .server, uses: ["EventLoop", "Postgres", "JSON", "Telemetry"],
        libraries: [logging]),
    Module(
        name: "Mail", layer: .server,
        uses: ["COpenSSL", "EventLoop", "Sockets", "WebServer"], libraries: [logging],
        testUses: ["JSON", "Telemetry"]),
    Module(
        name: "LiveHub", layer: .server,
        uses: [
            "EventLoop", "Sockets", "Postgres", "Redis", "JSON", "WebSocket", "LiveProtocol", "Telemetry",
            "WebServer",
        ],
        libraries: [logging, deque]),

    // Features: a vertical slice each; a feature uses only features above it.
    Module(
        name: "Tenancy", layer: .features,
        uses: [
            "COpenSSL", "EventLoop", "Postgres", "JSON", "HTTP", "WebServer", "WebClient", "JobQueue",
            "Mail", "Telemetry",
        ],
        libraries: [httpTypes, jwt, logging, deque], testUses: ["Sockets"]),
    Module(
        name: "Courses", layer: .features,
        uses: [
            "EventLoop", "Postgres", "JSON", "HTTP", "HTML", "WebServer", "JobQueue", "Telemetry", "Tenancy",
        ],
        libraries: [httpTypes]),
    Module(
        name: "Content", layer: .features,
        uses: [
            "COpenSSL", "EventLoop", "Postgres", "JSON", "HTTP", "HTML", "WebServer", "WebClient",
            "Telemetry",
            "Tenancy",
            "Courses",
        ],
        libraries: [httpTypes, logging], testUses: ["Sockets"]),
    Module(
        name: "Search", layer: .features,
        uses: [
            "EventLoop", "Postgres", "JSON", "HTML", "WebServer", "Telemetry", "JobQueue", "Tenancy",
            "Courses",
            "Content",
        ],
        libraries: [httpTypes, logging], testUses: ["Sockets"]),
    Module(
        name: "Assessment", layer: .features,
        uses: [
            "EventLoop", "Postgres", "JSON", "HTTP", "WebServer", "Telemetry", "Tenancy", "Courses", "Search",
        ],
        libraries: [httpTypes, logging, deque]),
    Module(
        name: "Rostering", layer: .features,
        uses: [
            "EventLoop", "Postgres", "JSON", "CSV", "Zip", "HTTP", "WebServer", "JobQueue", "Telemetry",
            "Tenancy",
            "Courses",
        ],
        libraries: [httpTypes, logging], testUses: ["Sockets"]),
    Module(
        name: "Classroom", layer: .features,
        uses: [
            "EventLoop", "Postgres", "JSON", "HTTP", "LiveProtocol", "WebServer", "LiveHub", "Telemetry",
            "Tenancy",
            "Courses", "Assessment",
        ],
        libraries: [httpTypes, logging, deque], testUses: ["LiveTestKit", "Search"]),
    Module(
        name: "Privacy", layer: .features,
        uses: [
            "EventLoop", "Postgres", "JSON", "CSV", "Zip", "HTTP", "WebServer", "JobQueue", "Telemetry",
            "Tenancy", "Content", "Rostering",
        ],
        libraries: [httpTypes, logging],
        testUses: ["Sockets", "Courses", "Search", "Assessment", "Classroom", "LiveHub"]),
    Module(
        name: "Operations", layer: .features,
        uses: [
            "EventLoop", "Postgres", "JSON", "HTTP", "WebServer", "JobQueue", "LiveHub", "Telemetry",
            "Tenancy",
            "Courses", "Classroom",
        ],
        libraries: [httpTypes], testUses: ["LiveTestKit"]),

    // App: configuration, wiring, lifecycle, commands.
    Module(
        name: "Cohort", layer: .app,
        uses: [
            "CLinux", "EventLoop", "Sockets", "Processes", "Postgres", "Redis", "JSON", "HTTP", "WebSocket",
            "WebServer", "WebClient", "JobQueue", "Mail", "LiveHub", "Telemetry",
            "Tenancy", "Courses", "Content", "Search", "Rostering", "Assessment", "Classroom", "Privacy",
            "Operations",
        ],
        libraries: [configuration, logging, httpTypes]),
    Module(
        name: "cohort", layer: .app, kind: .executable, uses: ["Cohort", "Telemetry"],
        libraries: [argumentParser],
        hasTests: false),
]

// MARK: - The table becomes targets

let byName = Dictionary(uniqueKeysWithValues: modules.map { ($0.name, $0) })
for (position, module) in modules.enumerated() {
    for used in module.uses {
        guard let target = byName[used] else { fatalError("\(module.name) uses \(used), which no row names") }
        guard module.layer.mayUse.contains(target.layer) || (module.layer == .wire && used.hasPrefix("C"))
        else {
            fatalError("\(module.layer.rawValue)/\(module.name) may not use \(target.layer.rawValue)/\(used)")
        }
        guard let place = modules.firstIndex(where: { $0.name == used }), place < position else {
            fatalError(
                "\(module.layer.rawValue)/\(module.name) may not use \(used): it stands below it in the table"
            )
        }
    }
}

let commonSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func settings(of layer: Layer) -> [SwiftSetting] {
    layer == .wire ? commonSettings + [.strictMemorySafety()] : commonSettings
}

var targets: [Target] = modules.map { module in
    let path = "Sources/\(module.layer.rawValue)/\(module.name)"
    let dependencies = module.uses.map { Target.Dependency.target(name: $0) } + module.libraries
    switch module.kind {
    case .swift:
        return .target(
            name: module.name, dependencies: dependencies, path: path,
            swiftSettings: settings(of: module.layer))
    case .generated:
        return .target(
            name: module.name, dependencies: dependencies, path: path, swiftSettings: commonSettings)
    case .c:
        return .target(name: module.name, path: path)
    case .systemLibrary(let pkgConfig):
        return .systemLibrary(name: module.name, path: path, pkgConfig: pkgConfig)
    case .executable:
        return .executableTarget(
            name: module.name, dependencies: dependencies, path: path,
            swiftSettings: settings(of: module.layer))
    }
}

targets.append(
    .target(
        name: "TestKit",
        dependencies: [
            "CLinux", "COpenSSL", "CZlib", "EventLoop", "Processes", "Sockets", "Postgres", "JSON",
        ],
        path: "Tests/TestKit", swiftSettings: commonSettings))

targets.append(
    .target(
        name: "LiveTestKit", dependencies: ["EventLoop", "Postgres", "LiveHub", "WebServer"],
        path: "Tests/LiveTestKit", swiftSettings: commonSettings))

targets += modules.filter(\.hasTests).map { module in
    .testTarget(
        name: "\(module.name)Tests",
        dependencies: [.target(name: module.name), "TestKit"]
            + (module.uses + module.testUses).map { Target.Dependency.target(name: $0) } + module.libraries,
        path: "Tests/\(module.layer.rawValue)/\(module.name)Tests", swiftSettings: commonSettings)
}

// MARK: - Fuzzers

// With COHORT_FUZZ=1 there are the modules that read what strangers send, and a program that libFuzzer drives for each of
// them (Tests/Fuzz); nothing else, so that nothing else is built with its instruments. Without it there are none.
if Context.environment["COHORT_FUZZ"] == "1" {
    let wire = Set(modules.filter { $0.layer == .wire }.flatMap { [$0.name] + $0.uses })
    let fuzzers: [(name: String, uses: [Target.Dependency])] = [
        ("FuzzHTTP", ["HTTP", httpTypes]), ("FuzzHTTPResponse", ["HTTP", httpTypes]),
        ("FuzzMultipart", ["HTTP"]), ("FuzzWebSocket", ["WebSocket"]), ("FuzzInflate", ["WebSocket"]),
        ("FuzzLiveJSON", ["LiveProtocol"]), ("FuzzLiveProtobuf", ["LiveProtocol"]),
        ("FuzzLiveMessages", ["JSON", "LiveProtobuf", "LiveProtocol", protobuf]),
        ("FuzzDelta", ["LiveProtocol"]), ("FuzzJSON", ["JSON"]), ("FuzzHTML", ["HTML"]),
        ("FuzzCSV", ["CSV"]), ("FuzzZip", ["Zip"]),
    ]
    targets.removeAll { !wire.contains($0.name) }
    targets.append(
        .target(
            name: "FuzzKit", dependencies: ["JSON", "LiveProtobuf", "LiveProtocol", protobuf],
            path: "Tests/Fuzz/FuzzKit", swiftSettings: commonSettings))
    // libFuzzer has `main`: none of ours may be made of a target's only file.
    targets += fuzzers.map { fuzzer in
        .executableTarget(
            name: fuzzer.name, dependencies: ["FuzzKit"] + fuzzer.uses, path: "Tests/Fuzz/\(fuzzer.name)",
            swiftSettings: commonSettings + [.unsafeFlags(["-parse-as-library"])])
    }
}

let package = Package(
    name: "cohort",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: ["YAML", "CommandLineArguments"]),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: targets
)
