import EventLoop
import HTTPTypes
import Postgres
import Tenancy
import TestKit
import WebServer

extension Office {
    /// Leaves something of Ada, all of it marked, in every table that holds what people write, and a course with results.
    func leaveTraces() async throws {
        let (place, ada, bob) = (here.rawValue, ada.user, bob.user)
        try await run(
            """
            UPDATE people SET password_hash = 'hash-Marked' WHERE login = 'ada@login.example';
            UPDATE users SET email = 'ada-marked@mail.example', bio = 'Bio Marked', avatar_url = 'https://marked.example/a.png',
                title = 'Dr. Marked', sis_user_id = 'SIS-Marked', integration_id = 'INT-Marked', time_zone = 'Europe/Marked'
            WHERE id = \(ada);
            INSERT INTO courses (institution_id, id, name, course_code) VALUES (\(place), 9001, 'Course', 'C');
            INSERT INTO sections (institution_id, id, course_id, name) VALUES (\(place), 9002, 9001, 'One');
            INSERT INTO enrollments (institution_id, course_id, section_id, user_id, type, last_activity_at)
            VALUES (\(place), 9001, 9002, \(ada), 'StudentEnrollment', now()),
                (\(place), 9001, 9002, \(bob), 'StudentEnrollment', now());
            INSERT INTO sessions (institution_id, user_id, token_hash, csrf, expires_at, remote_address, browser)
            VALUES (\(place), \(ada), sha256('marked'), 'csrf-Marked', now() + interval '1 day', '192.0.2.77', 'Firefox on Linux');
            INSERT INTO access_tokens (institution_id, user_id, token_hash, purpose)
            VALUES (\(place), \(ada), sha256('token'), 'For Marked');
            INSERT INTO observer_links (institution_id, parent_id, child_id) VALUES (\(place), \(ada), \(bob));
            INSERT INTO pairing_codes (institution_id, child_id, code_hash, expires_at)
            VALUES (\(place), \(ada), sha256('pair'), now() + interval '1 day');
            INSERT INTO oidc_links (institution_id, issuer, subject, user_id)
            VALUES (\(place), 'https://idp.example', 'subject-Marked', \(ada));
            INSERT INTO idempotency_keys (institution_id, user_id, key, digest, body)
            VALUES (\(place), \(ada), 'key-Marked', sha256('k'), 'Marked');
            INSERT INTO audit_events (institution_id, kind, actor_id, subject_id, remote_address, request_id)
            VALUES (\(place), 'sign_in.succeeded', \(ada), \(ada), '192.0.2.77', 'req-Marked'),
                (\(place), 'sign_in.failed', NULL, \(ada), '192.0.2.77', 'req-Marked'),
                (\(place), 'role.granted', \(admin.user), \(ada), '198.51.100.1', 'req-admin');
            INSERT INTO discussion_topics (institution_id, id, course_id, author_id, title, message, posted_at)
            VALUES (\(place), 9003, 9001, \(ada), 'Topic Marked', 'Text Marked', now());
            INSERT INTO discussion_entries (institution_id, topic_id, depth, author_id, message)
            VALUES (\(place), 9003, 0, \(ada), 'Entry Marked'), (\(place), 9003, 0, \(bob), 'Entry of Bob');
            INSERT INTO discussion_reads (institution_id, topic_id, user_id, is_read) VALUES (\(place), 9003, \(ada), true);
            INSERT INTO assignments (institution_id, id, course_id, name, points_possible) VALUES (\(place), 9004, 9001, 'A', 5);
            INSERT INTO grade_cells (institution_id, assignment_id, user_id, score, submitted_at, graded_at)
            VALUES (\(place), 9004, \(ada), 4, 1, 2);
            INSERT INTO live_classes (institution_id, id, course_id, title, created_at, created_by)
            VALUES (\(place), 9005, 9001, 'Class', 1, \(bob));
            INSERT INTO board_snapshots (institution_id, class_id, seq, elements) VALUES (\(place), 9005, 1, '[{"text":"Marked"}]');
            INSERT INTO live_channels (institution_id, name, top)
            VALUES (\(place), 'chat:9005', 3), (\(place), 'class:9005', 2), (\(place), 'board:9005', 1);
            INSERT INTO live_events (institution_id, channel, seq, author, method, key, digest, at, body) VALUES
                (\(place), 'chat:9005', 1, \(ada), 'chat.send', gen_random_uuid(), 1, 1,
                 '{"type":"chat.message","at":1,"by":{"id":\(ada),"name":"Ada Marked","role":"student"},"text":"Chat Marked"}'),
                (\(place), 'chat:9005', 2, \(bob), 'chat.send', gen_random_uuid(), 1, 1,
                 '{"type":"chat.message","at":1,"by":{"id":\(bob),"name":"Bob","role":"student"},"text":"Chat of Bob"}'),
                (\(place), 'chat:9005', 3, \(ada), 'chat.pin', gen_random_uuid(), 1, 1,
                 '{"type":"chat.pinned","at":1,"by":{"id":\(ada),"name":"Ada \\"Q\\" Marked","role":"student"},"message":2,"pinned":true}'),
                (\(place), 'class:9005', 1, \(ada), 'hand.raise', gen_random_uuid(), 1, 1,
                 '{"type":"hand.raised","at":1,"by":{"id":\(ada),"name":"Ada Marked","role":"student"},"user":{"id":\(ada),"name":"Ada Marked"}}'),
                (\(place), 'class:9005', 2, \(bob), 'member.mute', gen_random_uuid(), 1, 1,
                 '{"type":"member.muted","at":1,"by":{"id":\(bob),"name":"Bob","role":"student"},"user":{"id":\(ada),"name":"Ada Marked"},"until":null}'),
                (\(place), 'board:9005', 1, \(ada), 'board.apply', gen_random_uuid(), 1, 1,
                 '{"type":"board.applied","at":1,"by":{"id":\(ada),"name":"Ada Marked","role":"student"},"ops":[]}');
            INSERT INTO sis_imports (institution_id, id, user_id, workflow_state, extension, file_size, ended_at)
            VALUES (\(place), 9006, \(admin.user), 'imported', 'csv', 6, now());
            INSERT INTO sis_import_pieces (institution_id, import_id, place, bytes) VALUES (\(place), 9006, 0, 'U1,Marked');
            """)
        try await addFile("file-Marked.txt", "Bytes Marked", of: self.ada)
    }
}
