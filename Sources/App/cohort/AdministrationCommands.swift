import ArgumentParser
import Cohort

/// `cohort institution …`.
struct InstitutionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "institution", abstract: "Institutions.",
        subcommands: [Create.self, List.self, Suspend.self, Resume.self, Host.self, Files.self, Export.self])

    /// `cohort institution list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Print a line for each institution: id, name, host, state, shard.")

        @OptionGroup var settings: Settings

        func run() async throws {
            let lines = try await Complaint.around {
                try await Administration(settings.read()).institutions()
            }
            for line in lines { StandardOutput.line(line) }
        }
    }

    /// `cohort institution suspend`.
    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "suspend",
            abstract: "Shut everybody of an institution out; open connections end within two seconds.")

        @Argument(help: "The institution's id.")
        var id: Int64

        @OptionGroup var settings: Settings

        func run() async throws {
            try await Complaint.around {
                try await Administration(settings.read()).setSuspended(true, institution: id)
            }
        }
    }

    /// `cohort institution resume`.
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume", abstract: "Let everybody of a suspended institution in again.")

        @Argument(help: "The institution's id.")
        var id: Int64

        @OptionGroup var settings: Settings

        func run() async throws {
            try await Complaint.around {
                try await Administration(settings.read()).setSuspended(false, institution: id)
            }
        }
    }

    /// `cohort institution host`.
    struct Host: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "host",
            abstract: "Give an institution a host name of its own; without a name, take it away.")

        @Argument(help: "The institution's id.")
        var id: Int64

        @Argument(help: "The name, such as school.example.")
        var host = ""

        @OptionGroup var settings: Settings

        func run() async throws {
            try await Complaint.around {
                try await Administration(settings.read()).setHost(host, institution: id)
            }
        }
    }

    /// `cohort institution create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make an institution and print its id.")

        @Option(name: .long, help: "The name, as people know it.")
        var name: String

        @Option(name: .long, help: "The accent colour, such as #2f6fed.")
        var accent: String?

        @Option(name: .long, help: "The number of the database it lives in, for good; 0 is home.")
        var shard = 0

        @OptionGroup var settings: Settings

        func validate() throws {
            guard (0...511).contains(shard) else {
                throw ValidationError("--shard must be from 0 to 511, not \(shard)")
            }
        }

        func run() async throws {
            let id = try await Complaint.around {
                try await Administration(settings.read()).createInstitution(
                    name: name, accent: accent, shard: shard)
            }
            StandardOutput.line(String(id))
        }
    }
}

extension InstitutionCommand {
    /// `cohort institution export`.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Write a whole institution to a file: tables, files, a manifest; see protocol/export.")

        @Argument(help: "The institution's id or host name.")
        var institution: String

        @Option(name: .long, help: "The file to write, which must not be there yet.")
        var to: String

        @OptionGroup var settings: Settings

        func run() async throws {
            let line = try await Complaint.around {
                let configuration = try settings.read()
                return try await InstitutionExportCommand(configuration).run(institution, to: to)
            }
            StandardOutput.line(line)
        }
    }

    /// `cohort institution files`.
    struct Files: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "files", abstract: "Set what an institution's files may.")

        @Argument(help: "The institution's id.")
        var id: Int64

        @Option(name: .long, help: "Whether only staff and owners see a file until a scan has cleared it.")
        var requiresScan: Bool?

        @Option(name: .long, help: "Bytes of all files; 0 for the usual quota.")
        var quota: Int64?

        @Option(name: .long, help: "The quota is that of this course.")
        var course: Int64?

        @Option(name: .long, help: "The quota is that of this user's own files.")
        var user: Int64?

        @OptionGroup var settings: Settings

        func validate() throws {
            guard course == nil || user == nil else {
                throw ValidationError("name a course or a user, not both")
            }
        }

        func run() async throws {
            try await Complaint.around {
                try await Administration(settings.read())
                    .setFiles(
                        requiresScan: requiresScan, quota: quota, course: course, user: user,
                        institution: id)
            }
        }
    }
}

/// `cohort user …`.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Users of an institution.", subcommands: [Create.self])

    /// `cohort user create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make a user and print its id.",
            discussion: """
                The password is read from standard input, one line, so that no list of processes shows it. It is good in \
                this institution alone, also where another one has a user with the same login.
                """)

        @Option(name: .long, help: "The institution's id.")
        var institution: Int64

        @Option(name: .long, help: "What the person signs in with.")
        var login: String

        @Option(name: .long, help: "The name to show.")
        var name: String

        @Option(name: .long, help: "student, instructor, admin or parent; may be given several times.")
        var role: [String]

        @OptionGroup var settings: Settings

        func run() async throws {
            let id = try await Complaint.around {
                let administration = try Administration(settings.read())
                guard let password = ProcessSetup.readPassword(prompt: "Password of \(login): ") else {
                    throw Administration.Failure("no password was given on standard input")
                }
                return try await administration.createUser(
                    login: login, name: name, roles: role, password: password, institution: institution)
            }
            StandardOutput.line(String(id))
        }
    }
}

/// `cohort token …`.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Access tokens of users.", subcommands: [Create.self])

    /// `cohort token create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make an access token and print it; it is shown this once.")

        @Option(name: .long, help: "The institution's id.")
        var institution: Int64

        @Option(name: .long, help: "The login of the user that it speaks for.")
        var login: String

        @Option(name: .long, help: "What it is for, as its owner reads it in a list.")
        var purpose = "command line"

        @Option(name: .long, help: "Days until it ends; without, it does not.")
        var days: Int?

        @OptionGroup var settings: Settings

        func validate() throws {
            if let days, !(1...3650).contains(days) {
                throw ValidationError("--days must be from 1 to 3650, not \(days)")
            }
        }

        func run() async throws {
            let token = try await Complaint.around {
                try await Administration(settings.read()).createToken(
                    login: login, purpose: purpose, days: days, institution: institution)
            }
            StandardOutput.line(token)
        }
    }
}
