extension CourseMigrations {
    /// A parent is an observer wherever a linked child is an active student, as in Canvas, from the link on and until it ends.
    ///
    /// Triggers keep that so, whoever links and enrols. An observer's enrolment that names no child was made by hand: it is
    /// left alone. A section has one row for a parent of several; it names one of those who are there.
    static let m0114ParentEnrollments = #"""
        -- Brings the enrolments of these children's parents in line; a pair may be linked no more.
        CREATE FUNCTION courses_follow_children(place bigint, parents bigint[], children bigint[]) RETURNS void
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        BEGIN
            INSERT INTO enrollments AS o (institution_id, course_id, section_id, user_id, type, associated_user_id)
            SELECT DISTINCT ON (l.parent_id, e.course_id, e.section_id)
                place, e.course_id, e.section_id, l.parent_id, 'ObserverEnrollment', e.user_id
            FROM observer_links l
            JOIN enrollments e ON e.institution_id = place AND e.user_id = l.child_id
                AND e.type = 'StudentEnrollment' AND e.workflow_state = 'active'
            WHERE l.institution_id = place AND l.parent_id = ANY (parents) AND l.child_id = ANY (children)
            ORDER BY l.parent_id, e.course_id, e.section_id, e.user_id
            ON CONFLICT ON CONSTRAINT enrollments_once DO UPDATE
                SET workflow_state = 'active', completed_at = NULL, updated_at = now(),
                    associated_user_id = EXCLUDED.associated_user_id
                WHERE o.workflow_state IN ('invited', 'completed', 'rejected', 'deleted')
                    -- Whoever took one away by hand does not find it again.
                    AND NOT 'workflow_state' = ANY (o.stuck_fields);
            -- Where the child is a student no more, or linked no more: another child of the parent's, or the end.
            UPDATE enrollments o SET updated_at = now(),
                associated_user_id = coalesce(n.child, o.associated_user_id),
                workflow_state = CASE WHEN n.child IS NULL THEN 'deleted' ELSE o.workflow_state END,
                stuck_fields = array_remove(o.stuck_fields, 'workflow_state')
            FROM (
                SELECT x.id, (
                    SELECT min(l.child_id) FROM observer_links l
                    JOIN enrollments e ON e.institution_id = place AND e.user_id = l.child_id
                        AND e.course_id = x.course_id AND e.section_id = x.section_id
                        AND e.type = 'StudentEnrollment' AND e.workflow_state = 'active'
                    WHERE l.institution_id = place AND l.parent_id = x.user_id) AS child
                FROM enrollments x
                WHERE x.institution_id = place AND x.user_id = ANY (parents) AND x.type = 'ObserverEnrollment'
                    AND x.associated_user_id = ANY (children) AND x.workflow_state IN ('invited', 'active')
                    AND NOT EXISTS (
                        SELECT 1 FROM observer_links l
                        JOIN enrollments e ON e.institution_id = place AND e.user_id = l.child_id
                            AND e.course_id = x.course_id AND e.section_id = x.section_id
                            AND e.type = 'StudentEnrollment' AND e.workflow_state = 'active'
                        WHERE l.institution_id = place AND l.parent_id = x.user_id
                            AND l.child_id = x.associated_user_id)
            ) n
            WHERE o.institution_id = place AND o.id = n.id;
        END
        $$;

        CREATE FUNCTION courses_follow_links() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            one record;
        BEGIN
            FOR one IN
                SELECT institution_id, array_agg(DISTINCT parent_id) AS parents, array_agg(DISTINCT child_id) AS children
                FROM touched GROUP BY institution_id
            LOOP
                PERFORM courses_follow_children(one.institution_id, one.parents, one.children);
            END LOOP;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER observer_links_follow_added AFTER INSERT ON observer_links
            REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION courses_follow_links();
        CREATE TRIGGER observer_links_follow_removed AFTER DELETE ON observer_links
            REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION courses_follow_links();

        CREATE FUNCTION courses_follow_enrollments() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
        AS $$
        DECLARE
            one record;
        BEGIN
            FOR one IN
                SELECT l.institution_id, array_agg(DISTINCT l.parent_id) AS parents,
                    array_agg(DISTINCT l.child_id) AS children
                FROM touched t JOIN observer_links l ON l.institution_id = t.institution_id AND l.child_id = t.user_id
                WHERE t.type = 'StudentEnrollment' GROUP BY l.institution_id
            LOOP
                PERFORM courses_follow_children(one.institution_id, one.parents, one.children);
            END LOOP;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER enrollments_follow_added AFTER INSERT ON enrollments
            REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION courses_follow_enrollments();
        CREATE TRIGGER enrollments_follow_changed AFTER UPDATE ON enrollments
            REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION courses_follow_enrollments();

        DO $$
        DECLARE
            place record;
        BEGIN
            FOR place IN SELECT id FROM institutions LOOP
                PERFORM set_config('cohort.institution', place.id::text, true);
                PERFORM courses_follow_children(place.id, array_agg(DISTINCT parent_id), array_agg(DISTINCT child_id))
                FROM observer_links WHERE institution_id = place.id HAVING count(*) > 0;
            END LOOP;
            PERFORM set_config('cohort.institution', '', true);
        END
        $$;
        """#
}
