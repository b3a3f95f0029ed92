-- Run once by the administrator of the server: psql -U postgres -f postgresql.sql
-- The role is no superuser and owns no more than its database: the wall between councils (row-level security) holds for
-- it. Set its password by \password tinnhiem, which sends no plain text, and put the address into /etc/tinnhiem.env:
-- DATABASE_URL=postgres://tinnhiem:PASSWORD@localhost/tinnhiem
CREATE ROLE tinnhiem LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS CONNECTION LIMIT 40;
CREATE DATABASE tinnhiem OWNER tinnhiem ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE tinnhiem FROM PUBLIC;
